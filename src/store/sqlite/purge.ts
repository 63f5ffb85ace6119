/**
 * Deletes sessions for good. One of ordinary size goes at once, by the cascades of the schema; a large one in parts, since
 * nobody else gets at the store meanwhile. It is marked first, by a time in the trash before all others, and unpinned:
 * so it can't be restored half, and gc comes upon it first if whoever began it does not end it.
 */
import type { Writer } from './engine/connection.ts';
import { requireCleaning } from './index-cleaning.ts';

/** What a session of ordinary size has. */
const FEW_MESSAGES = 400;
const FEW_BYTES = 4 << 20;
const PART_MS = 40;
const MESSAGES_AT_ONCE = 20;
const PIECES_AT_ONCE = 16;
const LINES_AT_ONCE = 200;

/** A time in the trash that means: being deleted. */
export const PURGING = 0;

/** Deletes a session, or marks a large one and returns its id. */
export function beginPurge(tx: Writer, row: number, bytes: number): string[] {
  requireCleaning(tx);
  const isSmall = bytes <= FEW_BYTES;
  if (
    isSmall &&
    tx.run('DELETE FROM sessions WHERE rowid = ? AND message_count <= ?', [row, FEW_MESSAGES]) > 0
  )
    return [];
  const marked = tx.get<{ id: string }>(
    `UPDATE sessions SET trashed_at = ${PURGING}, pinned = 0, name = NULL WHERE rowid = ? RETURNING id`,
    [row],
  );
  return marked === undefined ? [] : [marked.id];
}

/** Deletes a part of what a trashed session holds, and the session after its last; false while there is more. */
export function purgeSession(tx: Writer, id: string): boolean {
  const found = tx.get<{ row: number; bytes: number }>(
    'SELECT rowid AS row, bytes FROM sessions WHERE id = ? AND trashed_at IS NOT NULL',
    [id],
  );
  if (found === undefined || beginPurge(tx, found.row, found.bytes).length === 0) return true;
  const until = performance.now() + PART_MS;
  for (;;) {
    const messages = tx.all<{ id: number; turn_id: number; parts: number }>(
      'SELECT id, turn_id, parts FROM messages WHERE session_id = ? ORDER BY id LIMIT ?',
      [id, MESSAGES_AT_ONCE],
    );
    if (messages.length === 0) break;
    for (const message of messages) {
      if (message.parts > 0 && !deletePieces(tx, message.id, until)) return false;
      tx.run('DELETE FROM messages WHERE id = ?', [message.id]);
      tx.run('DELETE FROM turns WHERE id = ?', [message.turn_id]);
      if (performance.now() > until) return false;
    }
  }
  const lines = `DELETE FROM transcript_lines WHERE id IN
    (SELECT id FROM transcript_lines WHERE session_id = ? LIMIT ${LINES_AT_ONCE})`;
  while (tx.run(lines, [id]) > 0) if (performance.now() > until) return false;
  tx.run('DELETE FROM sessions WHERE id = ?', [id]);
  return true;
}

function deletePieces(tx: Writer, messageId: number, until: number): boolean {
  const some = `DELETE FROM message_parts WHERE rowid IN
    (SELECT rowid FROM message_parts WHERE message_id = ? LIMIT ${PIECES_AT_ONCE})`;
  while (tx.run(some, [messageId]) > 0) if (performance.now() > until) return false;
  return true;
}
