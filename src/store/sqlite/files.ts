/**
 * Stores the files of messages. Each content is stored once, in parts, so that a file is never written or deleted in
 * one step.
 */
import { createHash } from 'node:crypto';
import type { MessageFile, NewFile } from '../../model/message-file.ts';
import type { Reader, Writer } from './engine/connection.ts';

const PART_BYTES = 256 * 1024;

interface FileRow {
  name: string;
  media_type: MessageFile['mediaType'];
  bytes: number;
  sha256: string;
}

export function insertFiles(tx: Writer, messageId: number, files: readonly NewFile[]): void {
  for (const [n, { name, mediaType, content }] of files.entries()) {
    const sha256 = keepContent(tx, Buffer.from(content, 'base64'));
    tx.run('INSERT INTO message_files (message_id, n, name, media_type, sha256) VALUES (?, ?, ?, ?, ?)', [
      messageId,
      n,
      name,
      mediaType,
      sha256,
    ]);
  }
}

/**
 * Stores the content of a file. A content of which parts are missing, because its last session is being deleted, is
 * written again.
 */
function keepContent(tx: Writer, bytes: Buffer): string {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  tx.run('INSERT INTO files (sha256, bytes) VALUES (?, ?) ON CONFLICT DO NOTHING', [sha256, bytes.length]);
  for (let n = 0; n * PART_BYTES < bytes.length; n++)
    tx.run('INSERT INTO file_parts (sha256, n, content) VALUES (?, ?, ?) ON CONFLICT DO NOTHING', [
      sha256,
      n,
      bytes.subarray(n * PART_BYTES, (n + 1) * PART_BYTES),
    ]);
  return sha256;
}

export function messageFiles(tx: Reader, messageId: number): MessageFile[] {
  return tx
    .all<FileRow>(
      `SELECT name, media_type, bytes, sha256 FROM message_files JOIN files USING (sha256)
       WHERE message_id = ? ORDER BY n`,
      [messageId],
    )
    .map(({ name, media_type: mediaType, bytes, sha256 }) => ({ name, mediaType, bytes, sha256 }));
}

export function readFilePart(tx: Reader, sha256: string, n: number): Uint8Array | undefined {
  return tx.get<{ content: Uint8Array }>('SELECT content FROM file_parts WHERE sha256 = ? AND n = ?', [
    sha256,
    n,
  ])?.content;
}

/** Deletes parts of the files that no other message has. Returns false when there are more. */
export function deleteFileParts(tx: Writer, messageId: number, isTime: () => boolean): boolean {
  const some = `DELETE FROM file_parts WHERE (sha256, n) IN (SELECT sha256, n FROM file_parts
    WHERE sha256 IN (SELECT sha256 FROM message_files AS mine WHERE message_id = ?1 AND NOT EXISTS
      (SELECT 1 FROM message_files AS other WHERE other.sha256 = mine.sha256 AND other.message_id <> ?1)) LIMIT 4)`;
  while (tx.run(some, [messageId]) > 0) if (!isTime()) return false;
  return true;
}
