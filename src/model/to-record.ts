import { APPROVAL, SESSION, TURN } from './codec.ts';
import type { Approval } from './approval.ts';
import { SESSION_DETAILS } from './model.ts';
import type { ModeSwitch, RecordedChange } from './session-change.ts';
import type { Message, SessionState, SessionSummary, ToolCall, Turn } from './model.ts';
import type { MessageFile } from './message-file.ts';
import type {
  ApprovalRecord,
  FinishedToolCall,
  MessageRecord,
  ModeSwitchRecord,
  SessionChangeRecord,
  SessionRecord,
  TurnSummaryRecord,
  WarmRecord,
} from './records.ts';

/** A warm agent's process, its start, and how long it may still be idle. */
interface WarmAgent {
  pid: number | null;
  since: number;
  idleLeftMs: number | null;
}

/** What the store does not know of a session: what is going on with it now. */
export interface LiveState {
  state: SessionState;
  /** Whether an agent process is up. */
  isAlive: boolean;
}

export function toSessionRecord(session: SessionSummary, { state, isAlive }: LiveState): SessionRecord {
  const { id, name, mode, ...rest } = SESSION.toRecord(session, SESSION_DETAILS);
  return { id, name, mode, state, is_alive: isAlive, ...rest } as SessionRecord;
}

export function toWarmRecord(warm: WarmAgent | undefined): WarmRecord | null {
  return warm === undefined
    ? null
    : { pid: warm.pid, since: toTime(warm.since), idle_left_ms: warm.idleLeftMs };
}

export function toMessageRecord(message: Message): MessageRecord {
  return {
    id: message.id,
    session_id: message.sessionId,
    turn_id: message.turnId,
    role: message.role,
    content: message.content,
    status: message.status,
    files: message.files.map(toFileRecord),
    tool_calls: message.toolCalls.map(toToolCallRecord),
    output: message.output,
    cost_usd: message.costUsd,
    created_at: toTime(message.createdAt),
  };
}

export function toFileRecord({
  name,
  mediaType,
  bytes,
  sha256,
}: MessageFile): MessageRecord['files'][number] {
  return { name, media_type: mediaType, bytes, sha256 };
}

export function toToolCallRecord(call: Omit<ToolCall, 'turnId'>): FinishedToolCall {
  return {
    id: call.id,
    name: call.name,
    input: call.input,
    result: call.result,
    is_error: call.isError,
    denied: call.denied,
  };
}

export function toTurnRecord(turn: Turn): TurnSummaryRecord {
  const leftOut = ['owner', 'limits', 'permissionDenials'] as const;
  const { error_code: code, error_message: message, retry_at, ...rest } = TURN.toRecord(turn, leftOut);
  const { id, session_id, status, continuity, ...more } = rest;
  const error = code === null ? null : { code, message, retry_at };
  return { id, session_id, status, continuity, error, ...more } as TurnSummaryRecord;
}

export function toApprovalRecord(approval: Approval): ApprovalRecord {
  return APPROVAL.toRecord(approval) as ApprovalRecord;
}

export function toModeSwitchRecord(change: ModeSwitch): ModeSwitchRecord {
  return {
    session_id: change.sessionId,
    from: change.from,
    to: change.to,
    by: change.by,
    at: toTime(change.at),
  };
}

export function toSessionChangeRecord(change: RecordedChange): SessionChangeRecord {
  const { sessionId, what, from, to, by, at } = change;
  return { session_id: sessionId, what, from, to, by, at: toTime(at) };
}

/** ISO 8601 in UTC. */
export function toTime(at: number): string {
  return new Date(at).toISOString();
}

export function toTimeOrNull(at: number | null): string | null {
  return at === null ? null : toTime(at);
}
