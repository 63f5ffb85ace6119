/**
 * Deletes sessions for good. One of ordinary size goes at once, by the cascades of the schema; a large one in parts, since
 * nobody else gets at the store meanwhile. It is marked first, by a time in the trash before all others, and unpinned:
 * so it can't be restored half, and gc comes upon it first if whoever began it does not end it. So is one of which an
 * agent keeps files: they go before it, and it is known whose they are until they are gone.
 */
import type { Session } from '../../model/model.ts';
import type { MarkedSession } from '../retention-store.ts';
import type { Writer } from './engine/connection.ts';
import { requireCleaning } from './index-cleaning.ts';
import { agentConversations } from './sessions.ts';

/** What a session of ordinary size has. */
const FEW_MESSAGES = 400;
const FEW_BYTES = 4 << 20;
const PART_MS = 40;
const MESSAGES_AT_ONCE = 20;
const PIECES_AT_ONCE = 16;
const LINES_AT_ONCE = 200;

/** A time in the trash that means: being deleted. */
export const PURGING = 0;

/** Deletes a session of ordinary size that agents know nothing of; marks another one, and returns it. */
export function beginPurge(tx: Writer, row: number, bytes: number): MarkedSession[] {
  const found = tx.get<Pick<Session, 'id' | 'agent'>>('SELECT id, agent FROM sessions WHERE rowid = ?', [
    row,
  ]);
  if (found === undefined) return [];
  const conversations = agentConversations(tx, found.id, false);
  if (conversations.length === 0 && deleteSmall(tx, row, bytes)) return [];
  markPurging(tx, row);
  return [{ ...found, conversations }];
}

/** Deletes what trashed sessions hold, and each after its last; returns those that are still to be deleted. */
export function purgeSessions(tx: Writer, ids: readonly string[]): readonly string[] {
  const until = performance.now() + PART_MS;
  for (const [n, id] of ids.entries())
    if (!purgeSession(tx, id, until)) return ids.slice(n);
    else if (performance.now() > until) return ids.slice(n + 1);
  return [];
}

function deleteSmall(tx: Writer, row: number, bytes: number): boolean {
  requireCleaning(tx);
  const small = 'DELETE FROM sessions WHERE rowid = ? AND message_count <= ?';
  return bytes <= FEW_BYTES && tx.run(small, [row, FEW_MESSAGES]) > 0;
}

function markPurging(tx: Writer, row: number): void {
  tx.run(`UPDATE sessions SET trashed_at = ${PURGING}, pinned = 0, name = NULL WHERE rowid = ?`, [row]);
}

function purgeSession(tx: Writer, id: string, until: number): boolean {
  const found = tx.get<{ row: number; bytes: number }>(
    'SELECT rowid AS row, bytes FROM sessions WHERE id = ? AND trashed_at IS NOT NULL',
    [id],
  );
  if (found === undefined || deleteSmall(tx, found.row, found.bytes)) return true;
  markPurging(tx, found.row);
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
