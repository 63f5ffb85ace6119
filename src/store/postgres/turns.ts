import type { Turn } from '../../model/model.ts';
import { messageId } from '../parts.ts';
import { inTrash, noSession } from '../refusals.ts';
import { toTurn } from '../rows.ts';
import type { NewTurn } from '../turn-store.ts';
import type { Reader, Writer } from './connection.ts';
import { insertContent } from './contents.ts';
import { insertFiles } from './files.ts';
import { LEASED } from './leases.ts';
import { addBytes, findSession, insertRow } from './rows.ts';

/** The update locks the session's row, so turns of one session get their ids in order. */
export async function enqueueTurn(tx: Writer, turn: NewTurn): Promise<{ turn: Turn; holders: Turn[] }> {
  const { sessionId } = turn;
  const counted = await tx.run(
    `UPDATE sessions SET turn_count = turn_count + 1, message_count = message_count + 1, last_active_at = ?
     WHERE id = ? AND trashed_at IS NULL`,
    [turn.at, sessionId],
  );
  if (counted === 0) throw (await findSession(tx, sessionId)) ? inTrash(sessionId) : noSession(sessionId);
  const holders = await openTurns(tx, sessionId);
  const isFirst = holders.length === 0;
  const { id } = await insertRow<{ id: number }>(
    tx,
    'turns',
    {
      session_id: sessionId,
      status: isFirst ? 'running' : 'queued',
      owner: turn.owner,
      limits: JSON.stringify(turn.limits),
      queued_at: turn.at,
      started_at: isFirst ? turn.at : null,
    },
    'id',
  );
  await tx.run(`UPDATE turns SET ${LEASED} WHERE id = ?`, [id]);
  const bytes = await insertContent(tx, { turnId: id, sessionId, role: 'user', at: turn.at }, [turn.message]);
  const fileBytes = await insertFiles(tx, messageId(id, 'user'), turn.files);
  await addBytes(tx, sessionId, bytes! + fileBytes);
  return { turn: (await findTurn(tx, id))!, holders };
}

export async function findTurn(tx: Reader, id: number): Promise<Turn | undefined> {
  const row = await tx.get<object>('SELECT * FROM turns WHERE id = ?', [id]);
  return row && toTurn(row);
}

export async function openTurns(tx: Reader, sessionId?: string): Promise<Turn[]> {
  const rows = await tx.all<object>(
    `SELECT * FROM turns WHERE ended_at IS NULL ${sessionId === undefined ? '' : 'AND session_id = ?'} ORDER BY id`,
    sessionId === undefined ? [] : [sessionId],
  );
  return rows.map(toTurn);
}

export async function lastTurns(tx: Reader, sessionId: string, limit: number): Promise<Turn[]> {
  const rows = await tx.all<object>('SELECT * FROM turns WHERE session_id = ? ORDER BY id DESC LIMIT ?', [
    sessionId,
    limit,
  ]);
  return rows.map(toTurn);
}

/** Needs no lock, because an earlier turn can only end meanwhile, and a later one never comes before it. */
export async function startTurn(tx: Writer, id: number, owner: string, at: number): Promise<boolean> {
  const started = await tx.run(
    `UPDATE turns SET status = 'running', started_at = ?, ${LEASED}
     WHERE id = ? AND status = 'queued' AND owner = ? AND ended_at IS NULL
       AND NOT EXISTS (SELECT 1 FROM turns AS earlier
         WHERE earlier.session_id = turns.session_id AND earlier.ended_at IS NULL AND earlier.id < turns.id)`,
    [at, id, owner],
  );
  return started > 0;
}

/** The number of the new lease makes the owner different from all earlier ones, also for the same process. */
export async function adoptTurn(
  tx: Writer,
  id: number,
  from: string | null,
  to: string,
): Promise<string | undefined> {
  const adopted = await tx.get<{ owner: string }>(
    `UPDATE turns SET lease = lease + 1, owner = ?::text || '#' || lease + 1, ${LEASED}
     WHERE id = ? AND ended_at IS NULL AND owner IS NOT DISTINCT FROM ? RETURNING owner`,
    [to, id, from],
  );
  return adopted?.owner;
}

export async function disownTurn(tx: Writer, id: number, from: string | null): Promise<boolean> {
  const disowned = await tx.run(
    'UPDATE turns SET owner = NULL WHERE id = ? AND ended_at IS NULL AND owner IS NOT DISTINCT FROM ?',
    [id, from],
  );
  return disowned > 0;
}

export async function withdrawTurn(tx: Writer, id: number, owner: string): Promise<boolean> {
  const turn = await tx.get<{ session_id: string }>(
    'DELETE FROM turns WHERE id = ? AND owner = ? AND ended_at IS NULL RETURNING session_id',
    [id, owner],
  );
  if (turn === undefined) return false;
  const message = messageId(id, 'user');
  await tx.run(
    `UPDATE sessions SET turn_count = turn_count - 1, message_count = message_count - 1, bytes = bytes
       - (SELECT octet_length(content) FROM messages WHERE id = ?)
       - (SELECT coalesce(sum(octet_length(content)), 0) FROM message_parts WHERE message_id = ?)
       - (SELECT coalesce(sum(bytes), 0) FROM message_files JOIN files USING (sha256) WHERE message_id = ?)
     WHERE id = ?`,
    [message, message, message, turn.session_id],
  );
  await tx.run('DELETE FROM messages WHERE id = ?', [message]);
  return true;
}
