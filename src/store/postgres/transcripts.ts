import type { KeptPiece } from '../transcript-store.ts';
import type { Reader, Writer } from './connection.ts';
import { addBytes } from './rows.ts';

export async function keptPieces(tx: Reader, conversation: string): Promise<KeptPiece[]> {
  return await tx.all<KeptPiece>(
    'SELECT n, turn_id AS "turnId", bytes, digest FROM agent_transcripts WHERE conversation = ? ORDER BY n',
    [conversation],
  );
}

export async function keptBeside(tx: Reader, conversation: string): Promise<string[]> {
  const rows = await tx.all<{ name: string }>(
    'SELECT DISTINCT conversation AS name FROM agent_transcripts WHERE conversation > ? AND conversation < ?',
    [`${conversation}/`, `${conversation}0`],
  );
  return rows.map(({ name }) => name);
}

export async function readPiece(
  tx: Reader,
  conversation: string,
  n: number,
): Promise<Uint8Array | undefined> {
  const row = await tx.get<{ content: Uint8Array }>(
    'SELECT content FROM agent_transcripts WHERE conversation = ? AND n = ?',
    [conversation, n],
  );
  return row?.content;
}

export async function keepPiece(
  tx: Writer,
  turn: { id: number; sessionId: string; owner: string },
  conversation: string,
  { n, bytes, digest }: Omit<KeptPiece, 'turnId'>,
  content: Uint8Array,
): Promise<boolean> {
  const isOwn = await tx.get(
    'SELECT 1 FROM turns WHERE id = ? AND owner = ? AND ended_at IS NULL FOR SHARE',
    [turn.id, turn.owner],
  );
  if (isOwn === undefined) return false;
  const replaced = await tx.all<{ bytes: number }>(
    'DELETE FROM agent_transcripts WHERE conversation = ? AND n >= ? RETURNING bytes',
    [conversation, n],
  );
  await tx.run(
    `INSERT INTO agent_transcripts (session_id, conversation, n, turn_id, bytes, digest, content)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
    [turn.sessionId, conversation, n, turn.id, bytes, digest, content],
  );
  await addBytes(
    tx,
    turn.sessionId,
    replaced.reduce((sum, piece) => sum - piece.bytes, bytes),
  );
  return true;
}
