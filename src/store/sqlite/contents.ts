/**
 * Message contents of any length: the first part is in the message's row, the others in `message_parts`, so that neither
 * writing nor reading a long answer needs it in memory at once.
 */
import type { Role } from '../../model/model.ts';
import type { Reader, Writer } from './engine/connection.ts';

/** In UTF-16 units; at most three bytes each. */
const PART_LENGTH = 80 * 1024;

/** Cuts text into parts of `length` (the last may be shorter), whatever its pieces were; never inside a code point. */
export function* toParts(pieces: Iterable<string>, length = PART_LENGTH): Generator<string> {
  let rest = '';
  for (const piece of pieces) {
    rest += piece;
    while (rest.length > length) {
      const cut = isHighSurrogate(rest.charCodeAt(length - 1)) ? length - 1 : length;
      yield rest.slice(0, cut);
      rest = rest.slice(cut);
    }
  }
  if (rest !== '') yield rest;
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00;
}

/** Stores a message, unless it is empty and not to be kept then. False when it was not stored. */
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

/** At most two messages a turn, each stored once: the key sees to that. */
export function messageId(turnId: number, role: Role): number {
  return 2 * turnId + (role === 'assistant' ? 1 : 0);
}

export function readWhole(tx: Reader, message: { id: number; parts: number; content: string }): string {
  if (message.parts === 0) return message.content;
  const rest = tx.all<{ content: string }>(
    'SELECT content FROM message_parts WHERE message_id = ? ORDER BY n',
    [message.id],
  );
  return message.content + rest.map(({ content }) => content).join('');
}

/** The n-th part of a content; undefined after the last. Part 0 is the message's own. */
export function readPart(tx: Reader, id: number, n: number): string | undefined {
  const sql =
    n === 0
      ? 'SELECT content FROM messages WHERE id = ? AND ? = 0'
      : 'SELECT content FROM message_parts WHERE message_id = ? AND n = ?';
  return tx.get<{ content: string }>(sql, [id, n])?.content;
}
