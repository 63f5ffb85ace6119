import type { TextSource } from './process/json-string.ts';
import type { PermissionDenial, Usage, UsageByModel } from '../model/model.ts';

export interface McpServerStatus {
  name: string;
  /** `connected`, `failed`, `pending`, `needs-auth`, … as the agent says it. */
  status: string;
}

/** What an agent's stream says, in our words. Lines of unknown kinds become no event. */
export type AgentEvent =
  | {
      type: 'init';
      agentSessionId: string;
      model: string | null;
      agentVersion: string | null;
      permissionMode: string | null;
      /** Whether the agent says of each user line when it begins to answer it (`started`). */
      tellsStarts: boolean;
      mcpServers: McpServerStatus[];
    }
  /** A piece of answer text as it is generated: a preview until the block that confirms it. */
  | { type: 'delta'; content: string }
  /** A new model call begins: what was previewed and not confirmed is void. */
  | { type: 'message_start'; messageId: string | undefined }
  /** One finished text block of the answer: the truth. `length` in UTF-16 units. */
  | { type: 'block'; text: string; length: number; messageId: string | undefined }
  /** The same, too long to hold at once: `source` is the byte range of its JSON string's body in the log. */
  | { type: 'block'; text: null; length: number; source: TextSource; messageId: string | undefined }
  | { type: 'tool_call'; id: string; name: string; input: unknown }
  /** The call with this id was not permitted; its result follows. */
  | { type: 'denied'; id: string }
  /** `denied` is null where the agent does not say so, and its words don't either. */
  | { type: 'tool_result'; id: string; content: string; isError: boolean; denied: boolean | null }
  /** The agent has put a summary in the place of what its conversation held. */
  | { type: 'compacted' }
  /** The agent begins to answer the user line with this uuid. */
  | { type: 'started'; uuid: string }
  | { type: 'status'; status: string; detail: Record<string, unknown> }
  /** The account's usage limit is used up until then, in milliseconds since 1970. */
  | { type: 'limit_reached'; retryAt: number | null }
  /** A JSON-RPC message for our MCP server, which is answered on the agent's stdin. */
  | { type: 'mcp_request'; requestId: string; message: unknown }
  /**
   * A tool call that no rule allows or denies waits for an answer on the agent's stdin. `id` is the same whoever reads it;
   * `input` is null where it is too long to hold; `rule` would allow just this call.
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
  /** The agent does not wait for that answer any more. */
  | { type: 'permission_cancelled'; requestId: string }
  /** The agent could not ask, or not be answered: nobody holds its stdin. */
  | { type: 'permission_lost' }
  | ({ type: 'result' } & AgentResult);

export interface AgentResult {
  isError: boolean;
  /** `success`, `error_during_execution`, `error_max_turns`, `error_max_budget_usd`, … */
  subtype: string;
  /** The agent's own words for a failure, '' on success. */
  message: string;
  apiErrorStatus: number | null;
  terminalReason: string | null;
  agentSessionId: string | null;
  /** Of the turn, without sub-agents. */
  usage: Usage | null;
  /** Cumulative, sub-agents included (see spending.ts). */
  totalUsage: UsageByModel | null;
  totalCostUsd: number | null;
  /** Since the result before this one; null where the agent does not say. */
  usageSinceLast: UsageByModel | null;
  /** The user lines that it answers, by their uuid; null where the agent does not say. */
  answers: string[] | null;
  /** Who else asked for the turn: `peer`, `task-notification`, …; null for a user line. */
  origin: string | null;
  numTurns: number | null;
  durationMs: number | null;
  ttftMs: number | null;
  permissionDenials: PermissionDenial[];
  /** The structured answer, where one was asked for and given. */
  output: object | null;
}
