import { randomUUID } from 'node:crypto';
import type { TokenUsage } from './spend.ts';

/** The built-in tools that `init` announces. */
export const BUILT_IN_TOOLS = ['Bash', 'Edit', 'Read', 'WebFetch', 'WebSearch', 'Write'];

/** The claude whose protocol the mock speaks. */
const IMITATED_VERSION = '2.1.197';

export interface Identity {
  sessionId: string;
  model: string;
}

interface InitFacts {
  cwd: string;
  tools: string[];
  mcpServers: { name: string; status: string }[];
  permissionMode: string;
  memory: string;
}

export function initRecord({ sessionId, model }: Identity, facts: InitFacts): object {
  return {
    type: 'system',
    subtype: 'init',
    cwd: facts.cwd,
    session_id: sessionId,
    tools: facts.tools,
    mcp_servers: facts.mcpServers,
    model,
    permissionMode: facts.permissionMode,
    slash_commands: [],
    apiKeySource: 'none',
    claude_code_version: `${IMITATED_VERSION}-mock`,
    output_style: 'default',
    agents: [],
    skills: [],
    plugins: [],
    analytics_disabled: true,
    product_feedback_disabled: true,
    uuid: randomUUID(),
    memory_paths: { auto: facts.memory },
    fast_mode_state: 'off',
  };
}

export function systemRecord(sessionId: string, subtype: string, fields: object): object {
  return { type: 'system', subtype, ...fields, uuid: randomUUID(), session_id: sessionId };
}

export function streamRecord(sessionId: string, event: object, fields: object = {}): object {
  return {
    type: 'stream_event',
    event,
    session_id: sessionId,
    parent_tool_use_id: null,
    uuid: randomUUID(),
    ...fields,
  };
}

export function userRecord(sessionId: string, content: unknown, fields: object = {}): object {
  return {
    type: 'user',
    message: { role: 'user', content },
    parent_tool_use_id: null,
    session_id: sessionId,
    uuid: randomUUID(),
    timestamp: new Date().toISOString(),
    ...fields,
  };
}

/** What claude itself says in the model's place when the API fails. */
export function syntheticRecord(sessionId: string, text: string, stopReason: string, fields: object): object {
  return {
    type: 'assistant',
    message: {
      id: randomUUID(),
      container: null,
      model: '<synthetic>',
      role: 'assistant',
      stop_details: null,
      stop_reason: stopReason,
      stop_sequence: '',
      type: 'message',
      usage: { ...resultUsage(), service_tier: null, inference_geo: null, iterations: null, speed: null },
      content: [{ type: 'text', text }],
      context_management: null,
    },
    parent_tool_use_id: null,
    session_id: sessionId,
    uuid: randomUUID(),
    ...fields,
  };
}

export function messageUsage(usage: TokenUsage): object {
  return {
    input_tokens: usage.input,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
    output_tokens: usage.output,
    service_tier: 'standard',
  };
}

export function resultUsage(usage: TokenUsage = { input: 0, output: 0 }): object {
  return {
    input_tokens: usage.input,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
    output_tokens: usage.output,
    server_tool_use: { web_search_requests: 0, web_fetch_requests: 0 },
    service_tier: 'standard',
    cache_creation: { ephemeral_1h_input_tokens: 0, ephemeral_5m_input_tokens: 0 },
    inference_geo: '',
    iterations: [],
    speed: 'standard',
  };
}
