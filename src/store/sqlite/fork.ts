/**
 * Copies a session's turns into a new session, in steps that hold the lock only for a short time. Until the last step
 * the copy is in the trash, so that an incomplete copy is purged with the trash.
 */
import { TURN } from '../../model/codec.ts';
import type { ForkOrigin } from '../../model/model.ts';
import { leftOfBudget } from '../../model/usd.ts';
import type { Writer } from './engine/connection.ts';
import { noSession } from '../refusals.ts';
import { findSession, insertSession, requireFreeName } from './sessions.ts';
import type { CopyStep, ForkEnd, NewFork } from '../transfer-store.ts';

const STEP_MS = 40;
const LOOK_AT = 100;

export function beginFork(tx: Writer, from: string, { id, name, createdAt }: NewFork): void {
  const origin = findSession(tx, from);
  if (origin === undefined) throw noSession(from);
  if (name !== null) requireFreeName(tx, origin.root, name, id);
  insertSession(tx, { ...origin, id, name: null, pinned: false, budgetUsd: leftOfBudget(origin), createdAt });
  tx.run('UPDATE sessions SET trashed_at = ? WHERE id = ?', [createdAt, id]);
}

export function copyTurns(tx: Writer, { from, to, afterTurn, untilMessage }: CopyStep): number | undefined {
  const ids = tx.all<{ id: number }>(
    'SELECT id FROM turns WHERE session_id = ? AND id > ? AND id <= ? AND ended_at IS NOT NULL ORDER BY id LIMIT ?',
    [from, afterTurn, Math.floor(untilMessage / 2), LOOK_AT],
  );
  const until = performance.now() + STEP_MS;
  for (const { id } of ids) {
    copyTurn(tx, id, to, untilMessage);
    if (performance.now() > until) return id;
  }
  return ids.length === LOOK_AT ? ids.at(-1)!.id : undefined;
}

/** The columns that are copied: all but the identity, the state and the usage of a turn. */
const KEPT = TURN.columns(['id', 'sessionId', 'status', 'owner', 'usage', 'usageByModel', 'costUsd']).join(
  ', ',
);

/**
 * Copies a turn without its cost, which counts only in the original. A turn whose answer is cut off becomes
 * interrupted.
 */
function copyTurn(tx: Writer, id: number, to: string, untilMessage: number): void {
  const isCut = untilMessage < 2 * id + 1;
  const { copy } = tx.get<{ copy: number }>(
    `INSERT INTO turns (session_id, status, copied_from, ${KEPT})
     SELECT ?, CASE WHEN ? THEN 'interrupted' ELSE status END, id, ${KEPT} FROM turns WHERE id = ? RETURNING id AS copy`,
    [to, isCut, id],
  )!;
  tx.run(
    `INSERT INTO messages (id, session_id, turn_id, role, created_at, parts, content)
     SELECT 2 * ? + (id & 1), ?, ?, role, created_at, parts, content FROM messages WHERE id IN (?, ?) AND id <= ? ORDER BY id`,
    [copy, to, copy, 2 * id, 2 * id + 1, untilMessage],
  );
  tx.run(
    `INSERT INTO message_parts (message_id, n, content)
     SELECT 2 * ? + (message_id & 1), n, content FROM message_parts WHERE message_id IN (?, ?) AND message_id <= ?`,
    [copy, 2 * id, 2 * id + 1, untilMessage],
  );
  tx.run(
    `INSERT INTO message_files (message_id, n, name, media_type, sha256)
     SELECT 2 * ?, n, name, media_type, sha256 FROM message_files WHERE message_id = ?`,
    [copy, 2 * id],
  );
  if (isCut) return;
  tx.run(
    `INSERT INTO tool_calls (turn_id, n, id, name, input, result, is_error, denied, text_offset)
     SELECT ?, n, id, name, input, result, is_error, denied, text_offset FROM tool_calls WHERE turn_id = ?`,
    [copy, id],
  );
}

export function endFork(tx: Writer, id: string, { name, at, begin }: ForkEnd): void {
  const fork = findSession(tx, id);
  if (fork === undefined) throw noSession(id);
  if (name !== null) requireFreeName(tx, fork.root, name, id);
  tx.run(
    `UPDATE sessions SET name = ?, trashed_at = NULL, last_active_at = ?, fork = ?,
       (agent_context, agent_spent) = (SELECT agent_context, agent_spent FROM sessions AS origin WHERE origin.id = ?),
       turn_count = (SELECT count(*) FROM turns WHERE session_id = sessions.id),
       message_count = (SELECT count(*) FROM messages WHERE session_id = sessions.id)
     WHERE id = ?`,
    [name, at, begin && JSON.stringify(toOrigin(tx, id, begin)), begin && begin.sessionId, id],
  );
}

function toOrigin(tx: Writer, id: string, { since, ...begin }: NonNullable<ForkEnd['begin']>): ForkOrigin {
  const first = tx.get<{ id: number | null }>(
    'SELECT min(id) AS id FROM turns WHERE session_id = ? AND copied_from >= ?',
    [id, since],
  );
  return { ...begin, sinceTurn: first?.id ?? 0 };
}
