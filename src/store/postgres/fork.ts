/**
 * Copies a session's turns into a new session, in steps that are separate transactions. Until the last step the copy is
 * in the trash, so that an incomplete copy is purged with the trash.
 */
import { TURN } from '../../model/codec.ts';
import type { ForkOrigin } from '../../model/model.ts';
import { leftOfBudget } from '../../model/usd.ts';
import type { CopyStep, ForkEnd, NewFork } from '../transfer-store.ts';
import { noSession } from '../refusals.ts';
import type { Writer } from './connection.ts';
import { copyFiles } from './files.ts';
import { sumUp } from './importing.ts';
import { findSession, requireFreeName, requireSession } from './rows.ts';
import { insertSession, lockNames } from './sessions.ts';

const LOOK_AT = 20;

export async function beginFork(tx: Writer, from: string, { id, name, createdAt }: NewFork): Promise<void> {
  const origin = await findSession(tx, from);
  if (origin === undefined) throw noSession(from);
  if (name !== null) await requireFreeName(tx, origin.root, name, id);
  await insertSession(tx, {
    ...origin,
    id,
    name: null,
    pinned: false,
    budgetUsd: leftOfBudget(origin),
    createdAt,
  });
  await tx.run('UPDATE sessions SET trashed_at = ? WHERE id = ?', [createdAt, id]);
}

export async function copyTurns(
  tx: Writer,
  { from, to, afterTurn, untilMessage }: CopyStep,
): Promise<number | undefined> {
  const ids = await tx.all<{ id: number }>(
    'SELECT id FROM turns WHERE session_id = ? AND id > ? AND id <= ? AND ended_at IS NOT NULL ORDER BY id LIMIT ?',
    [from, afterTurn, Math.floor(untilMessage / 2), LOOK_AT],
  );
  for (const { id } of ids) await copyTurn(tx, id, to, untilMessage);
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
async function copyTurn(tx: Writer, id: number, to: string, untilMessage: number): Promise<void> {
  const isCut = untilMessage < 2 * id + 1;
  const row = await tx.get<{ copy: number }>(
    `INSERT INTO turns (session_id, status, copied_from, ${KEPT})
     SELECT ?, CASE WHEN ? THEN 'interrupted' ELSE status END, id, ${KEPT} FROM turns WHERE id = ? RETURNING id AS copy`,
    [to, String(isCut), id],
  );
  const copy = row!.copy;
  const messages = `IN (${2 * id}, ${2 * id + 1})`;
  await tx.run(
    `INSERT INTO messages (id, session_id, turn_id, role, created_at, parts, content)
     SELECT ?::bigint * 2 + (id & 1), ?, ?, role, created_at, parts, content FROM messages
     WHERE id ${messages} AND id <= ? ORDER BY id`,
    [copy, to, copy, untilMessage],
  );
  for (const [table, columns] of [
    ['message_parts', 'n, content'],
    ['message_words', 'part, stretch, words'],
  ])
    await tx.run(
      `INSERT INTO ${table} (message_id, ${columns})
       SELECT ?::bigint * 2 + (message_id & 1), ${columns} FROM ${table} WHERE message_id ${messages} AND message_id <= ?`,
      [copy, untilMessage],
    );
  await copyFiles(tx, 2 * id, 2 * copy);
  if (isCut) return;
  const columns = 'n, id, name, input, result, is_error, denied, text_offset';
  await tx.run(
    `INSERT INTO tool_calls (turn_id, ${columns}) SELECT ?, ${columns} FROM tool_calls WHERE turn_id = ?`,
    [copy, id],
  );
}

export async function endFork(tx: Writer, id: string, { name, at, begin }: ForkEnd): Promise<void> {
  await lockNames(tx);
  const fork = await requireSession(tx, id);
  if (name !== null) await requireFreeName(tx, fork.root, name, id);
  await tx.run(
    `UPDATE sessions SET name = ?, trashed_at = NULL, last_active_at = ?, fork = ?,
       (agent_context, agent_spent) = (SELECT agent_context, agent_spent FROM sessions AS origin WHERE origin.id = ?)
     WHERE id = ?`,
    [name, at, begin && JSON.stringify(await toOrigin(tx, id, begin)), begin && begin.sessionId, id],
  );
  await sumUp(tx, id);
}

async function toOrigin(
  tx: Writer,
  id: string,
  { since, ...begin }: NonNullable<ForkEnd['begin']>,
): Promise<ForkOrigin> {
  const first = await tx.get<{ id: number | null }>(
    'SELECT min(id) AS id FROM turns WHERE session_id = ? AND copied_from >= ?',
    [id, since],
  );
  return { ...begin, sinceTurn: first?.id ?? 0 };
}
