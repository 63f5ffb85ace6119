import { ElidedText } from '../process/elided-text.ts';
import { type Json, asObject, asObjects, asString, idOf } from './stream-json.ts';
import { isDenialText } from './denial.ts';
import { isUnanswerable } from './permission.ts';
import type { AgentEvent } from '../events.ts';

/**
 * Answer text and tool calls of one assistant message.
 *
 * A message with `error` is the agent's notice of a failure, which the result repeats, so it is not part of the answer.
 * A sub-agent's text is not either, but its tool calls count like any other.
 */
export function parseAssistant(message: Json): AgentEvent[] {
  const hasText = typeof message['parent_tool_use_id'] !== 'string' && typeof message['error'] !== 'string';
  const said = asObject(message['message']);
  return asObjects(said['content']).flatMap((block): AgentEvent[] => {
    if (block['type'] === 'text') return hasText ? parseText(block['text'], idOf(said)) : [];
    return block['type'] === 'tool_use' ? parseToolCall(block) : [];
  });
}

function parseText(text: unknown, messageId: string | undefined): AgentEvent[] {
  if (typeof text === 'string') return [{ type: 'block', text, length: text.length, messageId }];
  if (!(text instanceof ElidedText)) return [];
  const { length, start, end } = text;
  return [{ type: 'block', text: null, length, source: { start, end }, messageId }];
}

function parseToolCall({ id, name, input }: Json): AgentEvent[] {
  if (typeof id !== 'string' || typeof name !== 'string') return [];
  return [{ type: 'tool_call', id, name, input: renderElided(input) }];
}

/** Tool results. Other texts of role user (replays, notices to the model) are ignored. */
export function parseUser(message: Json): AgentEvent[] {
  return asObjects(asObject(message['message'])['content']).flatMap((block): AgentEvent[] => {
    const id = asString(block['tool_use_id']);
    if (block['type'] !== 'tool_result' || id === null) return [];
    const content = parseContent(block['content']);
    const isError = block['is_error'] === true;
    const denied = isDenied(message, id, isError, content);
    const lost: AgentEvent[] = isError && isUnanswerable(content) ? [{ type: 'permission_lost' }] : [];
    return [{ type: 'tool_result', id, content, isError, denied }, ...lost];
  });
}

/**
 * The agent's decision. Older agents don't report it, so it comes from the text of the result, or else is unknown
 * (null).
 */
function isDenied(message: Json, id: string, isError: boolean, content: string): boolean | null {
  const meta = asObjects(message['tool_result_meta']).find((each) => each['id'] === id);
  const decision = asString(asObject(meta?.['permission_decision'])['decision']);
  if (decision !== null) return decision === 'reject';
  if (!isError) return false;
  return isDenialText(content) ? true : null;
}

/** A tool's result as text: the string, or the text of its blocks. Blocks without text are named. */
function parseContent(content: unknown): string {
  if (typeof content === 'string') return content;
  if (content instanceof ElidedText) return content.describe();
  return asObjects(content).map(renderBlock).join('\n');
}

function renderBlock({ type, text }: Json): string {
  if (typeof text === 'string') return text;
  return text instanceof ElidedText ? text.describe() : `[${asString(type) ?? 'unknown'}]`;
}

/** A tool's input, with a description in place of each string that was left out. */
function renderElided(value: unknown): unknown {
  if (value instanceof ElidedText) return value.describe();
  if (Array.isArray(value)) return value.map(renderElided);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, renderElided(item)]));
}
