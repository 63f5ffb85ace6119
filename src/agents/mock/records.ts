import { randomUUID } from 'node:crypto';
import type { TokenUsage, UsageByModel } from './usage.ts';

/** The built-in tools that `init` announces. */
export const BUILT_IN_TOOLS = ['Bash', 'Edit', 'Read', 'WebFetch', 'WebSearch', 'Write'];

/** The claude whose protocol the mock speaks. */
const IMITATED_VERSION = '2.1.332';

interface InitFacts {
  cwd: string;
  tools: string[];
  mcp_servers: { name: string; status: string }[];
  model: string;
  permissionMode: string;
  memory_paths: { auto: string };
}

export function initRecord(sessionId: string, facts: InitFacts, about: object): object {
  return systemRecord(sessionId, 'init', {
    ...facts,
    slash_commands: [],
    apiKeySource: 'none',
    claude_code_version: `${IMITATED_VERSION}-mock`,
    output_style: 'default',
    agents: [],
    skills: [],
    plugins: [],
    analytics_disabled: true,
    product_feedback_disabled: true,
    fast_mode_state: 'off',
    ...about,
  });
}

export function systemRecord(sessionId: string, subtype: string, fields: object): object {
  return { type: 'system', subtype, ...fields, uuid: randomUUID(), session_id: sessionId };
}

export function streamRecord(sessionId: string, event: object, fields: object = {}): object {
  const about = { session_id: sessionId, parent_tool_use_id: null, uuid: randomUUID() };
  return { type: 'stream_event', event, ...about, ...fields };
}

/** A message of the assistant or of the user's side. */
export function messageRecord(
  sessionId: string,
  type: 'assistant' | 'user',
  message: object,
  fields: object = {},
): object {
  return {
    type,
    message,
    parent_tool_use_id: null,
    session_id: sessionId,
    uuid: randomUUID(),
    ...(type === 'user' && { timestamp: new Date().toISOString() }),
    ...fields,
  };
}

/** What claude itself says in the model's place when the API fails. */
export function syntheticMessage(text: string, stopReason: string): object {
  return {
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
    ...messageUsage(usage),
    server_tool_use: { web_search_requests: 0, web_fetch_requests: 0 },
    cache_creation: { ephemeral_1h_input_tokens: 0, ephemeral_5m_input_tokens: 0 },
    inference_geo: '',
    iterations: [],
    speed: 'standard',
  };
}

export interface ResultFacts {
  durationMs: number;
  /** When the first text came; left out when none did. */
  ttftMs?: number | undefined;
  numTurns: number;
  stopReason: string | null;
  totalCostUsd: number;
  usage?: TokenUsage;
  modelUsage?: UsageByModel;
  denials?: readonly object[];
}

/** How a turn ended: with an answer (an API failure is one too, in claude's eyes), or without one. */
export type Ending =
  | { result: string; isError: boolean; status?: number | null; terminalReason?: string }
  | { subtype: string; errors: string[]; terminalReason?: string };

/** The last line of a turn. Its cost is that of the conversation so far, its usage that of the turn. */
export function resultRecord(
  sessionId: string,
  facts: ResultFacts,
  ending: Ending,
  about: object = {},
): object {
  const { ttftMs, terminalReason } = { ...facts, ...ending };
  const isAnswer = 'result' in ending;
  return {
    type: 'result',
    subtype: isAnswer ? 'success' : ending.subtype,
    is_error: isAnswer ? ending.isError : true,
    ...(isAnswer && { api_error_status: ending.status ?? null }),
    duration_ms: facts.durationMs,
    duration_api_ms: facts.durationMs,
    ...(isAnswer &&
      ttftMs !== undefined && { ttft_ms: ttftMs, ttft_stream_ms: ttftMs, time_to_request_ms: 0 }),
    num_turns: facts.numTurns,
    ...(isAnswer ? { result: ending.result } : { errors: ending.errors }),
    stop_reason: facts.stopReason,
    session_id: sessionId,
    total_cost_usd: facts.totalCostUsd,
    usage: resultUsage(facts.usage),
    modelUsage: facts.modelUsage ?? {},
    permission_denials: facts.denials ?? [],
    ...(terminalReason !== undefined && { terminal_reason: terminalReason }),
    fast_mode_state: 'off',
    uuid: randomUUID(),
    ...about,
  };
}
