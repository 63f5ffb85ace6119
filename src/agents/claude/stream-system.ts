import { type Json, asNumber, asObject, asObjects, asString } from './stream-json.ts';
import type { AgentEvent, McpServerStatus } from '../events.ts';

function parseInit(message: Json): AgentEvent {
  const { capabilities } = message;
  return {
    type: 'init',
    agentSessionId: asString(message['session_id']) ?? '',
    model: asString(message['model']),
    agentVersion: asString(message['claude_code_version']),
    permissionMode: asString(message['permissionMode']),
    reportsStarts: Array.isArray(capabilities) && capabilities.includes('msg_lifecycle_v1'),
    mcpServers: parseServers(message['mcp_servers']),
  };
}

function parseServers(servers: unknown): McpServerStatus[] {
  return asObjects(servers).map(({ name, status }) => ({
    name: asString(name) ?? '',
    status: asString(status) ?? 'unknown',
  }));
}

/** Where a user line is in the agent's queue; only its start matters. */
export function parseLifecycle({ state, command_uuid: uuid }: Json): AgentEvent[] {
  return state === 'started' && typeof uuid === 'string' ? [{ type: 'started', uuid }] : [];
}

/** The usage limits of an account with a subscription. `resetsAt` is in seconds. */
export function parseLimit({ rate_limit_info: info }: Json): AgentEvent[] {
  const { status, resetsAt } = asObject(info);
  if (status !== 'rejected') return [];
  const seconds = asNumber(resetsAt);
  return [{ type: 'limit_reached', retryAt: seconds === null ? null : seconds * 1000 }];
}

/** A request to an MCP server of type `sdk`, which is answered on stdin. */
export function parseMcpRequest({ request_id: requestId, request }: Json): AgentEvent[] {
  const { subtype, message } = asObject(request);
  if (typeof requestId !== 'string' || subtype !== 'mcp_message') return [];
  return [{ type: 'mcp_request', requestId, message }];
}

/** The answer to `mcpStatus`. */
export function parseMcpStatus({ response }: Json): AgentEvent[] {
  const { mcpServers } = asObject(asObject(response)['response']);
  return Array.isArray(mcpServers) ? [{ type: 'mcp_status', servers: parseServers(mcpServers) }] : [];
}

/** Lines of type `system`. Unknown subtypes give no event. */
export function parseSystem(message: Json): AgentEvent[] {
  switch (message['subtype']) {
    case 'init':
      return [parseInit(message)];
    case 'compact_boundary':
      return [{ type: 'compacted' }];
    case 'permission_denied':
      return parsePermissionDenied(message);
    default:
      return parseStatus(message);
  }
}

/** A denied call. Older agents have no line for it. */
function parsePermissionDenied({ tool_use_id: id }: Json): AgentEvent[] {
  return typeof id === 'string' ? [{ type: 'denied', id }] : [];
}

/** Waiting states that a user should see: `requesting`, `compacting` and so on, and `retrying` after an API failure. */
function parseStatus(message: Json): AgentEvent[] {
  if (message['subtype'] === 'status') {
    const status = asString(message['status']);
    return status === null ? [] : [{ type: 'status', status, detail: {} }];
  }
  if (message['subtype'] !== 'api_retry') return [];
  const detail = {
    attempt: asNumber(message['attempt']),
    max_retries: asNumber(message['max_retries']),
    retry_delay_ms: asNumber(message['retry_delay_ms']),
    error_status: asNumber(message['error_status']),
    error: asString(message['error']),
  };
  return [{ type: 'status', status: 'retrying', detail }];
}
