import { parseBoundedJson } from '../process/bounded-json.ts';
import { parseLifecycle, parseLimit, parseMcpRequest, parseMcpStatus, parseSystem } from './stream-system.ts';
import { parsePermissionCancel, parsePermissionRequest } from './permission.ts';
import { parseDelta } from './stream-delta.ts';
import { parseAssistant, parseUser } from './stream-message.ts';
import { parseResult } from './stream-result.ts';
import { type Json, asObject, idOf, isObject } from './stream-json.ts';
import type { AgentEvent } from '../events.ts';

/**
 * The events of one line of the agent's stdout; none for unknown types and for lines that are not JSON.
 *
 * The format belongs to the agent and grows, so every field is validated.
 */
export function parseLine(line: string): AgentEvent[] {
  const delta = parseDelta(line);
  if (delta !== undefined) return delta;
  const message = parseBoundedJson(line);
  if (!isObject(message)) return [];
  switch (message['type']) {
    case 'stream_event':
      return parseStreamEvent(message);
    case 'assistant':
      return parseAssistant(message);
    case 'user':
      return parseUser(message);
    case 'result':
      return [parseResult(message)];
    case 'command_lifecycle':
      return parseLifecycle(message);
    case 'control_request':
      return [...parseMcpRequest(message), ...parsePermissionRequest(message, line)];
    case 'control_response':
      return parseMcpStatus(message);
    case 'control_cancel_request':
      return parsePermissionCancel(message);
    case 'rate_limit_event':
      return parseLimit(message);
    case 'system':
      return parseSystem(message);
    default:
      return [];
  }
}

/** A sub-agent's events (those with a parent tool call) are not part of the answer. */
function parseStreamEvent(message: Json): AgentEvent[] {
  if (typeof message['parent_tool_use_id'] === 'string') return [];
  const event = asObject(message['event']);
  if (event['type'] === 'message_start')
    return [{ type: 'message_start', messageId: idOf(asObject(event['message'])) }];
  if (event['type'] !== 'content_block_delta') return [];
  const { type, text } = asObject(event['delta']);
  return type === 'text_delta' && typeof text === 'string' ? [{ type: 'delta', content: text }] : [];
}
