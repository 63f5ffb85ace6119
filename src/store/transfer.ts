/**
 * Taking sessions out of the store and into it, turn by turn, each step a transaction of its own; see `export` and
 * `import`. Sums of a session follow its turns.
 */
import type { ModeSwitch, Role, Session, ToolCall, Turn } from '../core/model.ts';
import type { Reader, Writer } from './connection.ts';
import { insertContent } from './contents.ts';
import { insertToolCalls } from './finish-turn.ts';
import { toolCalls } from './messages.ts';
import { type MessageRow, toTurn, type TurnRow } from './rows.ts';
import { type SessionRow, toSession } from './session-rows.ts';
import { findLiveByName, findSession, insertSession, switchMode } from './sessions.ts';

/** An ended turn with all that belongs to it. */
export interface StoredTurn {
  turn: Turn;
  /** Whether `fork` copied it from another session. */
  isCopy: boolean;
  messages: StoredMessage[];
  toolCalls: ToolCall[];
}

/** Its content is whole, or there are parts behind it, which `readContent` has. */
export interface StoredMessage {
  id: number;
  role: Role;
  createdAt: number;
  content: string;
  isCut: boolean;
}

export interface NewTurn {
  turn: Omit<Turn, 'id' | 'sessionId' | 'owner' | 'retryAt'>;
  isCopy: boolean;
  messages: { role: Role; createdAt: number; pieces: Iterable<string> }[];
  /** To be read after the answer's pieces. */
  toolCalls: Iterable<Omit<ToolCall, 'turnId'>>;
}

export type NewImport = Omit<
  Session,
  'messageCount' | 'turnCount' | 'costUsd' | 'fork' | 'agentSinceTurn' | 'agentContext' | 'agentSpent'
>;

export interface TransferStore {
  /** Sessions in order of their ids, live and trashed ones, after one of them ('' for the first). */
  pageSessions(afterId: string, limit: number): Promise<Session[]>;
  /** Ended turns in order, after one of them (0 for the first). */
  pageTurns(sessionId: string, afterTurn: number, limit: number): Promise<StoredTurn[]>;
  findByAgentSession(agentSessionId: string): Promise<Session | undefined>;
  /** When each turn of a session was asked for, and when its last one ended. */
  readTurnTimes(sessionId: string): Promise<{ queuedAt: number[]; lastEndedAt: number }>;
  /** Adds a session without turns. A name that a live session under the root has already is left out. */
  addSession(session: NewImport, switches: Omit<ModeSwitch, 'sessionId'>[]): Promise<void>;
  addTurns(sessionId: string, turns: readonly NewTurn[]): Promise<void>;
}

export function pageSessions(tx: Reader, afterId: string, limit: number): Session[] {
  return tx
    .all<SessionRow>('SELECT * FROM sessions WHERE id > ? ORDER BY id LIMIT ?', [afterId, limit])
    .map(toSession);
}

export function pageTurns(tx: Reader, sessionId: string, afterTurn: number, limit: number): StoredTurn[] {
  const rows = tx.all<TurnRow & { copied_from: number | null }>(
    'SELECT * FROM turns WHERE session_id = ? AND id > ? AND ended_at IS NOT NULL ORDER BY id LIMIT ?',
    [sessionId, afterTurn, limit],
  );
  return rows.map((row) => ({
    turn: toTurn(row),
    isCopy: row.copied_from !== null,
    messages: tx
      .all<MessageRow>('SELECT * FROM messages WHERE id IN (?, ?) ORDER BY id', [2 * row.id, 2 * row.id + 1])
      .map(({ id, role, created_at, content, parts }) => ({
        id,
        role,
        createdAt: created_at,
        content,
        isCut: parts > 0,
      })),
    toolCalls: toolCalls(tx, row.id),
  }));
}

export function findByAgentSession(tx: Reader, agentSessionId: string): Session | undefined {
  const row = tx.get<SessionRow>('SELECT * FROM sessions WHERE agent_session_id = ? ORDER BY id LIMIT 1', [
    agentSessionId,
  ]);
  return row && toSession(row);
}

export function readTurnTimes(tx: Reader, sessionId: string): { queuedAt: number[]; lastEndedAt: number } {
  const rows = tx.all<{ queued_at: number; ended_at: number | null }>(
    'SELECT queued_at, ended_at FROM turns WHERE session_id = ? ORDER BY id',
    [sessionId],
  );
  return {
    queuedAt: rows.map(({ queued_at }) => queued_at),
    lastEndedAt: rows.reduce((last, { ended_at }) => Math.max(last, ended_at ?? Infinity), 0),
  };
}

export function addSession(tx: Writer, session: NewImport, switches: Omit<ModeSwitch, 'sessionId'>[]): void {
  const isTaken = session.name !== null && findLiveByName(tx, session.root, session.name) !== undefined;
  insertSession(tx, { ...session, name: isTaken ? null : session.name });
  for (const change of switches) switchMode(tx, { ...change, sessionId: session.id });
  tx.run(
    'UPDATE sessions SET mode = ?, agent_session_id = ?, agent_since_turn = ?, last_active_at = ?, trashed_at = ? WHERE id = ?',
    [
      session.mode,
      session.agentSessionId,
      session.agentSessionId && 0,
      session.lastActiveAt,
      session.trashedAt,
      session.id,
    ],
  );
}

export function addTurns(tx: Writer, sessionId: string, turns: readonly NewTurn[]): void {
  const session = findSession(tx, sessionId);
  if (session === undefined) return;
  let { lastActiveAt, costUsd, messageCount } = session;
  for (const each of turns) {
    messageCount += addTurn(tx, sessionId, each);
    costUsd += each.turn.costUsd;
    lastActiveAt = Math.max(lastActiveAt, each.turn.endedAt ?? 0);
  }
  tx.run(
    'UPDATE sessions SET turn_count = turn_count + ?, message_count = ?, cost_usd = ?, last_active_at = ? WHERE id = ?',
    [turns.length, messageCount, costUsd, lastActiveAt, sessionId],
  );
}

/** How many messages it has. */
function addTurn(
  tx: Writer,
  sessionId: string,
  { turn, isCopy, messages, toolCalls: calls }: NewTurn,
): number {
  const { id } = tx.get<{ id: number }>(
    `INSERT INTO turns (session_id, status, continuity, limits, error_code, error_message, usage, usage_by_model, cost_usd,
       num_turns, permission_denials, duration_ms, ttft_ms, model, agent_version, exit_code, queued_at, started_at, ended_at,
       copied_from)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`,
    [
      sessionId,
      turn.status,
      turn.continuity,
      JSON.stringify(turn.limits),
      turn.errorCode,
      turn.errorMessage,
      turn.usage && JSON.stringify(turn.usage),
      turn.usageByModel && JSON.stringify(turn.usageByModel),
      turn.costUsd,
      turn.numTurns,
      JSON.stringify(turn.permissionDenials),
      turn.durationMs,
      turn.ttftMs,
      turn.model,
      turn.agentVersion,
      turn.exitCode,
      turn.queuedAt,
      turn.startedAt,
      turn.endedAt,
      isCopy ? 0 : null,
    ],
  )!;
  for (const { role, createdAt, pieces } of messages)
    insertContent(tx, { turnId: id, sessionId, role, at: createdAt }, pieces);
  insertToolCalls(tx, id, calls);
  return messages.length;
}
