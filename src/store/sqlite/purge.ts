/**
 * Deletes sessions permanently. A session of ordinary size is deleted at once, by the cascades of the schema. A large
 * one is deleted in parts, because nobody else can use the store meanwhile. It is marked first: its time in the trash
 * is set before all others, and it is unpinned. So it can't be restored in part, and gc finds it first if the process
 * that began does not complete it. gc marks all sessions that it deletes, so that the owner of the agents' files is
 * known until they are deleted.
 */
import type { Writer } from './engine/connection.ts';
import { deleteFileParts } from './files.ts';
import { requireCleaning } from './index-cleaning.ts';

/** The size of an ordinary session. */
const FEW_MESSAGES = 400;
const FEW_BYTES = 4 << 20;
const PART_MS = 40;
const MESSAGES_AT_ONCE = 20;
const PIECES_AT_ONCE = 16;
const LINES_AT_ONCE = 200;

/** The value of `trashed_at` for a session that is being deleted. */
export const PURGING = 0;

/** Deletes the content of trashed sessions, and then each session. */
export function purgeSessions(
  tx: Writer,
  ids: readonly string[],
): { purged: string[]; left: readonly string[] } {
  const until = performance.now() + PART_MS;
  const purged: string[] = [];
  for (const [n, id] of ids.entries()) {
    const found = tx.get<Found>(
      'SELECT id, bytes, message_count AS messages FROM sessions WHERE id = ? AND trashed_at IS NOT NULL',
      [id],
    );
    if (found === undefined) continue;
    if (performance.now() > until || !purgeSession(tx, found, until)) return { purged, left: ids.slice(n) };
    purged.push(id);
  }
  return { purged, left: [] };
}

interface Found {
  id: string;
  bytes: number;
  messages: number;
}

function purgeSession(tx: Writer, { id, bytes, messages }: Found, until: number): boolean {
  requireCleaning(tx);
  const isSmall = bytes <= FEW_BYTES && messages <= FEW_MESSAGES;
  if (!isSmall && !deleteContents(tx, id, until)) return false;
  tx.run('DELETE FROM sessions WHERE id = ?', [id]);
  return true;
}

function deleteContents(tx: Writer, id: string, until: number): boolean {
  tx.run(`UPDATE sessions SET trashed_at = ${PURGING}, pinned = 0, name = NULL WHERE id = ?`, [id]);
  for (;;) {
    const messages = tx.all<{ id: number; turn_id: number; parts: number }>(
      'SELECT id, turn_id, parts FROM messages WHERE session_id = ? ORDER BY id LIMIT ?',
      [id, MESSAGES_AT_ONCE],
    );
    if (messages.length === 0) break;
    for (const message of messages) {
      if (message.parts > 0 && !deletePieces(tx, message.id, until)) return false;
      if (!deleteFileParts(tx, message.id, () => performance.now() <= until)) return false;
      tx.run('DELETE FROM messages WHERE id = ?', [message.id]);
      tx.run('DELETE FROM turns WHERE id = ?', [message.turn_id]);
      if (performance.now() > until) return false;
    }
  }
  const lines = `DELETE FROM transcript_lines WHERE id IN
    (SELECT id FROM transcript_lines WHERE session_id = ? LIMIT ${LINES_AT_ONCE})`;
  while (tx.run(lines, [id]) > 0) if (performance.now() > until) return false;
  return true;
}

function deletePieces(tx: Writer, messageId: number, until: number): boolean {
  const some = `DELETE FROM message_parts WHERE rowid IN
    (SELECT rowid FROM message_parts WHERE message_id = ? LIMIT ${PIECES_AT_ONCE})`;
  while (tx.run(some, [messageId]) > 0) if (performance.now() > until) return false;
  return true;
}
