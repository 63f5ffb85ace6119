import type { TextSource } from './process/json-string.ts';
import type { PermissionDenial } from '../model/model.ts';
import type { Usage, UsageByModel } from '../model/usage.ts';

export interface McpServerStatus {
  name: string;
  /** `connected`, `failed`, `pending`, `needs-auth`, … as the agent says it. */
  status: string;
}

/** The events of an agent's stream. Lines of unknown types give none. */
export type AgentEvent =
  | {
      type: 'init';
      agentSessionId: string;
      model: string | null;
      agentVersion: string | null;
      permissionMode: string | null;
      /** Whether the agent says of each user line when it begins to answer it (`started`). */
      reportsStarts: boolean;
      mcpServers: McpServerStatus[];
    }
  /** A piece of answer text as it is generated: a preview until the block that confirms it. */
  | { type: 'delta'; content: string }
  /** A new model call begins. A preview that was not confirmed is discarded. */
  | { type: 'message_start'; messageId: string | undefined }
  /** One finished text block of the answer, which is authoritative. `length` is in UTF-16 units. */
  | { type: 'block'; text: string; length: number; messageId: string | undefined }
  /**
   * The same, for text that is too long for memory. `source` is the byte range of its JSON string's body in the log.
   */
  | { type: 'block'; text: null; length: number; source: TextSource; messageId: string | undefined }
  | { type: 'tool_call'; id: string; name: string; input: unknown }
  /** The call with this id was not permitted; its result follows. */
  | { type: 'denied'; id: string }
  /** `denied` is null when neither the agent nor the text of the result tells. */
  | { type: 'tool_result'; id: string; content: string; isError: boolean; denied: boolean | null }
  /** The agent has replaced the content of its conversation by a summary. */
  | { type: 'compacted' }
  /** The agent begins to answer the user line with this uuid. */
  | { type: 'started'; uuid: string }
  | { type: 'status'; status: string; detail: Record<string, unknown> }
  /** The account's usage limit is reached. `retryAt` is when it ends, in milliseconds since 1970. */
  | { type: 'limit_reached'; retryAt: number | null }
  /** The state of its MCP servers, when asked. */
  | { type: 'mcp_status'; servers: McpServerStatus[] }
  /** A JSON-RPC message for our MCP server. It is answered on the agent's stdin. */
  | { type: 'mcp_request'; requestId: string; message: unknown }
  /**
   * A tool call that no rule allows or denies waits for an answer on the agent's stdin. `id` is the same for every
   * reader. `input` is null when it is too long to hold. `rule` would allow just this call.
   */
  | {
      type: 'permission_request';
      requestId: string;
      id: string;
      toolUseId: string;
      tool: string;
      input: object | null;
      rule: string | null;
    }
  /** The agent no longer waits for that answer. */
  | { type: 'permission_cancelled'; requestId: string }
  /** The agent could not ask or get an answer, because its stdin is closed. */
  | { type: 'permission_lost' }
  | ({ type: 'result' } & AgentResult);

export interface AgentResult {
  isError: boolean;
  /** `success`, `error_during_execution`, `error_max_turns`, `error_max_budget_usd`, … */
  subtype: string;
  /** The agent's message for a failure, '' on success. */
  message: string;
  apiErrorStatus: number | null;
  terminalReason: string | null;
  agentSessionId: string | null;
  /** Of the turn, without sub-agents. */
  usage: Usage | null;
  /** Cumulative, sub-agents included (see spending.ts). */
  totalUsage: UsageByModel | null;
  totalCostUsd: number | null;
  /** Usage since the previous result; null when the agent does not say. */
  usageSinceLast: UsageByModel | null;
  /** The uuids of the user lines that it answers; null when the agent does not say. */
  answers: string[] | null;
  /** What caused the turn: `peer`, `task-notification`, …; null for a user line. */
  origin: string | null;
  numTurns: number | null;
  durationMs: number | null;
  ttftMs: number | null;
  permissionDenials: PermissionDenial[];
  /** The structured answer, when one was requested and given. */
  output: object | null;
}
