/** The rows of turns, messages, tool calls and mode switches, and how they become the model's nouns. Flags are 0 or 1; lists and objects are JSON. */
import type {
  Continuity,
  Message,
  Mode,
  ModeSwitch,
  Role,
  ToolCall,
  Turn,
  TurnStatus,
} from '../model/model.ts';

export interface TurnRow {
  id: number;
  session_id: string;
  status: TurnStatus;
  owner: string | null;
  continuity: Continuity | null;
  limits: string;
  error_code: string | null;
  error_message: string | null;
  retry_at: number | null;
  usage: string | null;
  usage_by_model: string | null;
  cost_usd: number;
  num_turns: number | null;
  permission_denials: string;
  duration_ms: number | null;
  ttft_ms: number | null;
  model: string | null;
  agent_version: string | null;
  exit_code: number | null;
  queued_at: number;
  started_at: number | null;
  ended_at: number | null;
}

export interface MessageRow {
  id: number;
  session_id: string;
  turn_id: number;
  role: Role;
  created_at: number;
  /** How many pieces of the content are in `message_parts`. */
  parts: number;
  content: string;
}

export interface ToolCallRow {
  turn_id: number;
  id: string;
  name: string;
  input: string;
  result: string | null;
  is_error: number;
  denied: number;
  text_offset: number;
}

export interface ModeSwitchRow {
  session_id: string;
  from_mode: Mode;
  to_mode: Mode;
  by_user: string;
  at: number;
}

export function toTurn(row: TurnRow): Turn {
  return {
    id: row.id,
    sessionId: row.session_id,
    status: row.status,
    owner: row.owner,
    continuity: row.continuity,
    limits: JSON.parse(row.limits),
    errorCode: row.error_code,
    errorMessage: row.error_message,
    retryAt: row.retry_at,
    usage: row.usage === null ? null : JSON.parse(row.usage),
    usageByModel: row.usage_by_model === null ? null : JSON.parse(row.usage_by_model),
    costUsd: row.cost_usd,
    numTurns: row.num_turns,
    permissionDenials: JSON.parse(row.permission_denials),
    durationMs: row.duration_ms,
    ttftMs: row.ttft_ms,
    model: row.model,
    agentVersion: row.agent_version,
    exitCode: row.exit_code,
    queuedAt: row.queued_at,
    startedAt: row.started_at,
    endedAt: row.ended_at,
  };
}

/** The status is the turn's, and so is the cost of an answer. */
export function toMessage(
  row: MessageRow & { status: TurnStatus; cost_usd: number },
  content: string,
  toolCalls: ToolCall[],
): Message {
  return {
    id: row.id,
    sessionId: row.session_id,
    turnId: row.turn_id,
    role: row.role,
    content,
    status: row.status,
    toolCalls,
    costUsd: row.role === 'assistant' ? row.cost_usd : 0,
    createdAt: row.created_at,
  };
}

export function toToolCall(row: ToolCallRow): ToolCall {
  return {
    id: row.id,
    turnId: row.turn_id,
    name: row.name,
    input: JSON.parse(row.input),
    result: row.result,
    isError: row.is_error !== 0,
    denied: row.denied !== 0,
    textOffset: row.text_offset,
  };
}

export function toModeSwitch(row: ModeSwitchRow): ModeSwitch {
  return { sessionId: row.session_id, from: row.from_mode, to: row.to_mode, by: row.by_user, at: row.at };
}
