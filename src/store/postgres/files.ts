/** Files of messages. Each content is stored once. */
import { createHash } from 'node:crypto';
import type { MessageFile, NewFile } from '../../model/message-file.ts';
import type { Reader, Writer } from './connection.ts';

interface FileRow {
  name: string;
  media_type: MessageFile['mediaType'];
  bytes: number;
  sha256: string;
}

/**
 * Only one transaction at a time adds or deletes files, because a content is deleted with the last message that has it.
 */
const LOCKED = 'SELECT pg_advisory_xact_lock(8347201659)';

/** Stores the files of a message. Returns their size in bytes. */
export async function insertFiles(
  tx: Writer,
  messageId: number,
  files: readonly NewFile[] = [],
): Promise<number> {
  if (files.length > 0) await tx.get(LOCKED);
  let sum = 0;
  for (const [n, { name, mediaType, content }] of files.entries()) {
    const bytes = Buffer.from(content, 'base64');
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    await tx.run('INSERT INTO files (sha256, bytes, content) VALUES (?, ?, ?) ON CONFLICT DO NOTHING', [
      sha256,
      bytes.length,
      bytes,
    ]);
    await tx.run(
      'INSERT INTO message_files (message_id, n, name, media_type, sha256) VALUES (?, ?, ?, ?, ?)',
      [messageId, n, name, mediaType, sha256],
    );
    sum += bytes.length;
  }
  return sum;
}

export async function copyFiles(tx: Writer, from: number, to: number): Promise<void> {
  if ((await messageFiles(tx, from)).length === 0) return;
  await tx.get(LOCKED);
  await tx.run(
    `INSERT INTO message_files (message_id, n, name, media_type, sha256)
     SELECT ?, n, name, media_type, sha256 FROM message_files WHERE message_id = ?`,
    [to, from],
  );
}

export async function messageFiles(tx: Reader, messageId: number): Promise<MessageFile[]> {
  const rows = await tx.all<FileRow>(
    `SELECT name, media_type, bytes, sha256 FROM message_files JOIN files USING (sha256)
     WHERE message_id = ? ORDER BY n`,
    [messageId],
  );
  return rows.map(({ name, media_type: mediaType, bytes, sha256 }) => ({ name, mediaType, bytes, sha256 }));
}

/** A file's content in base64. */
export async function readFile(tx: Reader, sha256: string): Promise<string | undefined> {
  const row = await tx.get<{ content: Uint8Array }>('SELECT content FROM files WHERE sha256 = ?', [sha256]);
  return row && Buffer.from(row.content).toString('base64');
}
