import type { Message, ModeSwitch, SessionState, SessionSummary, ToolCall, Turn } from './model.ts';
import type {
  FinishedToolCall,
  MessageRecord,
  ModeSwitchRecord,
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

export function toSessionRecord(session: SessionSummary, live: LiveState): SessionRecord {
  return {
    id: session.id,
    name: session.name,
    mode: session.mode,
    state: live.state,
    is_alive: live.isAlive,
    root: session.root,
    study: session.study,
    agent: session.agent,
    model: session.model,
    agent_session_id: session.agentSessionId,
    warm: session.warm,
    pinned: session.pinned,
    tags: session.tags,
    message_count: session.messageCount,
    turn_count: session.turnCount,
    cost_usd: session.costUsd,
    budget_usd: session.budgetUsd,
    created_at: toTime(session.createdAt),
    last_active_at: toTime(session.lastActiveAt),
    trashed_at: toTimeOrNull(session.trashedAt),
  };
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
    tool_calls: message.toolCalls.map(toToolCallRecord),
    cost_usd: message.costUsd,
    created_at: toTime(message.createdAt),
  };
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
  return {
    id: turn.id,
    session_id: turn.sessionId,
    status: turn.status,
    continuity: turn.continuity,
    error:
      turn.errorCode === null
        ? null
        : { code: turn.errorCode, message: turn.errorMessage, retry_at: toTimeOrNull(turn.retryAt) },
    usage: turn.usage,
    usage_by_model: turn.usageByModel,
    cost_usd: turn.costUsd,
    num_turns: turn.numTurns,
    duration_ms: turn.durationMs,
    ttft_ms: turn.ttftMs,
    model: turn.model,
    agent_version: turn.agentVersion,
    exit_code: turn.exitCode,
    queued_at: toTime(turn.queuedAt),
    started_at: toTimeOrNull(turn.startedAt),
    ended_at: toTimeOrNull(turn.endedAt),
  };
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

/** ISO 8601 in UTC. */
export function toTime(at: number): string {
  return new Date(at).toISOString();
}

export function toTimeOrNull(at: number | null): string | null {
  return at === null ? null : toTime(at);
}
