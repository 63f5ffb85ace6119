import type { Role } from '../../model/model.ts';
import { INDEXED_PARTS, messageId, toParts } from '../parts.ts';
import type { Reader, Writer } from './connection.ts';
import { toVectors } from './search-words.ts';

/**
 * Stores a message, unless it is empty and then not kept. Returns its size in bytes; undefined when it was not stored.
 *
 * The pieces are read once, as they are stored.
 */
export async function insertContent(
  tx: Writer,
  message: { turnId: number; sessionId: string; role: Role; at: number },
  pieces: Iterable<string>,
  evenIfEmpty = true,
): Promise<number | undefined> {
  const id = messageId(message.turnId, message.role);
  let parts = -1;
  let bytes = 0;
  const insertFirst = (content: string): Promise<unknown> =>
    tx.run(
      'INSERT INTO messages (id, session_id, turn_id, role, created_at, content) VALUES (?, ?, ?, ?, ?, ?)',
      [id, message.sessionId, message.turnId, message.role, message.at, content],
    );
  for (const part of toParts(pieces)) {
    bytes += Buffer.byteLength(part);
    if (++parts === 0) await insertFirst(part);
    else
      await tx.run('INSERT INTO message_parts (message_id, n, content) VALUES (?, ?, ?)', [id, parts, part]);
    if (parts < INDEXED_PARTS) await indexPart(tx, id, parts, part);
  }
  if (parts > 0) await tx.run('UPDATE messages SET parts = ? WHERE id = ?', [parts, id]);
  if (parts >= 0) return bytes;
  if (!evenIfEmpty) return undefined;
  await insertFirst('');
  return 0;
}

async function indexPart(tx: Writer, id: number, part: number, content: string): Promise<void> {
  for (const [stretch, words] of toVectors(content).entries())
    await tx.run(
      'INSERT INTO message_words (message_id, part, stretch, words) VALUES (?, ?, ?, ?::tsvector)',
      [id, part, stretch, words],
    );
}

export async function readWhole(
  tx: Reader,
  message: { id: number; parts: number; content: string },
): Promise<string> {
  if (message.parts === 0) return message.content;
  const rest = await tx.all<{ content: string }>(
    'SELECT content FROM message_parts WHERE message_id = ? ORDER BY n',
    [message.id],
  );
  return message.content + rest.map(({ content }) => content).join('');
}

/** The n-th part of a content; undefined after the last. Part 0 is in the message's row. */
export async function readPart(tx: Reader, id: number, n: number): Promise<string | undefined> {
  const row =
    n === 0
      ? await tx.get<{ content: string }>('SELECT content FROM messages WHERE id = ?', [id])
      : await tx.get<{ content: string }>(
          'SELECT content FROM message_parts WHERE message_id = ? AND n = ?',
          [id, n],
        );
  return row?.content;
}
