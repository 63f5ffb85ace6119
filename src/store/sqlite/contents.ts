/**
 * Message contents of any length. The first part is in the message's row, the others in `message_parts`, so that a long
 * answer is never in memory at once.
 */
import type { Role } from '../../model/model.ts';
import { messageId, toParts } from '../parts.ts';
import type { Reader, Writer } from './engine/connection.ts';

/** Stores a message, unless it is empty and then not kept. Returns false when it was not stored. */
export function insertContent(
  tx: Writer,
  message: { turnId: number; sessionId: string; role: Role; at: number },
  pieces: Iterable<string>,
  evenIfEmpty = true,
): boolean {
  const id = messageId(message.turnId, message.role);
  let parts = -1;
  const insertFirst = (content: string): void => {
    tx.run(
      'INSERT INTO messages (id, session_id, turn_id, role, created_at, content) VALUES (?, ?, ?, ?, ?, ?)',
      [id, message.sessionId, message.turnId, message.role, message.at, content],
    );
  };
  for (const part of toParts(pieces)) {
    if (++parts === 0) insertFirst(part);
    else insertPart(tx, id, parts, part);
  }
  if (parts > 0) tx.run('UPDATE messages SET parts = ? WHERE id = ?', [parts, id]);
  if (parts === -1 && evenIfEmpty) insertFirst('');
  return parts >= 0 || evenIfEmpty;
}

function insertPart(tx: Writer, id: number, n: number, content: string): void {
  tx.run('INSERT INTO message_parts (message_id, n, content) VALUES (?, ?, CAST(? AS TEXT))', [
    id,
    n,
    Buffer.from(content),
  ]);
}

export function readWhole(tx: Reader, message: { id: number; parts: number; content: string }): string {
  if (message.parts === 0) return message.content;
  const rest = tx.all<{ content: string }>(
    'SELECT content FROM message_parts WHERE message_id = ? ORDER BY n',
    [message.id],
  );
  return message.content + rest.map(({ content }) => content).join('');
}

/** The n-th part of a content; undefined after the last. Part 0 is in the message's row. */
export function readPart(tx: Reader, id: number, n: number): string | undefined {
  const sql =
    n === 0
      ? 'SELECT content FROM messages WHERE id = ? AND ? = 0'
      : 'SELECT content FROM message_parts WHERE message_id = ? AND n = ?';
  return tx.get<{ content: string }>(sql, [id, n])?.content;
}
