/** The tables' rows, and how they become the model's nouns. Flags are 0 or 1; lists and objects are JSON. */
import type {
  Continuity,
  Message,
  Mode,
  ModeSwitch,
  Role,
  Session,
  SessionSummary,
  ToolCall,
  Turn,
  TurnStatus,
} from '../core/model.ts';

export interface SessionRow {
  id: string;
  name: string | null;
  mode: Mode;
  root: string;
  study: string | null;
  agent: Session['agent'];
  model: string | null;
  agent_session_id: string | null;
  agent_since_turn: number | null;
  fork: string | null;
  warm: number;
  pinned: number;
  budget_usd: number | null;
  created_at: number;
  last_active_at: number;
  trashed_at: number | null;
  message_count: number;
  turn_count: number;
  cost_usd: number;
  tags: string;
  mcp_configs: string;
  system_prompt: string | null;
  attachments: string;
}

export interface TurnRow {
  id: number;
  session_id: string;
  status: TurnStatus;
  owner: string | null;
  continuity: Continuity | null;
  limits: string;
  error_code: string | null;
  error_message: string | null;
  usage: string | null;
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

/** A sum of prices, without the digits that floating point made up. */
function roundUsd(usd: number): number {
  return Math.round(usd * 1e9) / 1e9;
}

/** The columns of a session's summary. */
export const SUMMARY_COLUMNS = [
  'id',
  'name',
  'mode',
  'root',
  'study',
  'agent',
  'model',
  'agent_session_id',
  'warm',
  'pinned',
  'tags',
  'budget_usd',
  'created_at',
  'last_active_at',
  'trashed_at',
  'message_count',
  'turn_count',
  'cost_usd',
] as const satisfies (keyof SessionRow)[];

export type SummaryRow = Pick<SessionRow, (typeof SUMMARY_COLUMNS)[number]>;

export function toSession(row: SessionRow): Session {
  return {
    ...toSummary(row),
    agentSinceTurn: row.agent_since_turn,
    fork: row.fork === null ? null : JSON.parse(row.fork),
    systemPrompt: row.system_prompt,
    attachments: JSON.parse(row.attachments),
    mcpConfigs: JSON.parse(row.mcp_configs),
  };
}

export function toSummary(row: SummaryRow): SessionSummary {
  return {
    id: row.id,
    name: row.name,
    mode: row.mode,
    root: row.root,
    study: row.study,
    agent: row.agent,
    model: row.model,
    agentSessionId: row.agent_session_id,
    warm: row.warm !== 0,
    pinned: row.pinned !== 0,
    tags: JSON.parse(row.tags),
    budgetUsd: row.budget_usd,
    createdAt: row.created_at,
    lastActiveAt: row.last_active_at,
    trashedAt: row.trashed_at,
    messageCount: row.message_count,
    turnCount: row.turn_count,
    costUsd: roundUsd(row.cost_usd),
  };
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
    usage: row.usage === null ? null : JSON.parse(row.usage),
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
