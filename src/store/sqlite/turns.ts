import type { Turn } from '../../model/model.ts';
import type { Reader, Writer } from './engine/connection.ts';
import { messageId } from '../parts.ts';
import { inTrash, noSession } from '../refusals.ts';
import { insertContent } from './contents.ts';
import { insertFiles } from './files.ts';
import { toTurn } from '../rows.ts';
import type { NewTurn } from '../turn-store.ts';
import { findSession } from './sessions.ts';

export function enqueueTurn(tx: Writer, turn: NewTurn): { turn: Turn; holders: Turn[] } {
  const counted = tx.run(
    `UPDATE sessions SET turn_count = turn_count + 1, message_count = message_count + 1,
       last_active_at = ? WHERE id = ? AND trashed_at IS NULL`,
    [turn.at, turn.sessionId],
  );
  if (counted === 0)
    throw findSession(tx, turn.sessionId) ? inTrash(turn.sessionId) : noSession(turn.sessionId);
  const holders = openTurns(tx, turn.sessionId);
  const row = tx.get<{ id: number }>(
    `INSERT INTO turns (session_id, status, owner, limits, queued_at, started_at) VALUES (?, ?, ?, ?, ?, ?) RETURNING *`,
    [
      turn.sessionId,
      holders.length === 0 ? 'running' : 'queued',
      turn.owner,
      JSON.stringify(turn.limits),
      turn.at,
      holders.length === 0 ? turn.at : null,
    ],
  )!;
  insertContent(tx, { turnId: row.id, sessionId: turn.sessionId, role: 'user', at: turn.at }, [turn.message]);
  insertFiles(tx, messageId(row.id, 'user'), turn.files ?? []);
  return { turn: toTurn(row), holders };
}

export function findTurn(tx: Reader, id: number): Turn | undefined {
  const row = tx.get<object>('SELECT * FROM turns WHERE id = ?', [id]);
  return row && toTurn(row);
}

export function openTurns(tx: Reader, sessionId?: string): Turn[] {
  // Sorted here, because with ORDER BY SQLite would scan all turns instead of the few open ones.
  const open = 'SELECT * FROM turns WHERE ended_at IS NULL';
  const rows =
    sessionId === undefined
      ? tx.all<object>(open)
      : tx.all<object>(`${open} AND session_id = ?`, [sessionId]);
  return rows.map(toTurn).toSorted((a, b) => a.id - b.id);
}

export function hasOpenTurn(tx: Reader, sessionId: string): boolean {
  return openTurns(tx, sessionId).length > 0;
}

export function lastTurns(tx: Reader, sessionId: string, limit: number): Turn[] {
  return tx
    .all<object>('SELECT * FROM turns WHERE session_id = ? ORDER BY id DESC LIMIT ?', [sessionId, limit])
    .map(toTurn);
}

export function startTurn(tx: Writer, id: number, owner: string, at: number): boolean {
  return (
    tx.run(
      `UPDATE turns SET status = 'running', started_at = ? WHERE id = ? AND status = 'queued' AND owner = ?
         AND NOT EXISTS (SELECT 1 FROM turns AS earlier
           WHERE earlier.session_id = turns.session_id AND earlier.ended_at IS NULL AND earlier.id < turns.id)`,
      [at, id, owner],
    ) > 0
  );
}

/** Changes the owner of an open turn. With `to` null, any process may take it. */
export function adoptTurn(tx: Writer, id: number, from: string | null, to: string | null): boolean {
  return (
    tx.run('UPDATE turns SET owner = ? WHERE id = ? AND ended_at IS NULL AND owner IS ?', [to, id, from]) > 0
  );
}

export function withdrawTurn(tx: Writer, id: number, owner: string): boolean {
  const turn = tx.get<{ session_id: string }>(
    'DELETE FROM turns WHERE id = ? AND owner = ? AND ended_at IS NULL RETURNING session_id',
    [id, owner],
  );
  if (turn === undefined) return false;
  const message = messageId(id, 'user');
  tx.run(
    `UPDATE sessions SET turn_count = turn_count - 1, message_count = message_count - 1, bytes = bytes
       - (SELECT octet_length(content) FROM messages WHERE id = ?)
       - (SELECT coalesce(sum(octet_length(content)), 0) FROM message_parts WHERE message_id = ?)
       - (SELECT coalesce(sum(files.bytes), 0) FROM message_files JOIN files USING (sha256) WHERE message_id = ?) WHERE id = ?`,
    [message, message, message, turn.session_id],
  );
  tx.run('DELETE FROM messages WHERE id = ?', [message]);
  return true;
}
