/** Reads sessions from the store, turn by turn, and adds turns to it. */
import { TURN } from '../../model/codec.ts';
import type { Session } from '../../model/model.ts';
import { type MessageRow, toTurn } from '../rows.ts';
import { toSession } from '../session-rows.ts';
import type { NewTurn, StoredTurn } from '../transfer-store.ts';
import type { Reader, Writer } from './connection.ts';
import { messageId } from '../parts.ts';
import { insertContent } from './contents.ts';
import { insertFiles, messageFiles } from './files.ts';
import { insertToolCalls } from './finish-turn.ts';
import { toolCalls } from './messages.ts';
import { insertRow } from './rows.ts';

export async function pageSessions(tx: Reader, afterId: string, limit: number): Promise<Session[]> {
  const rows = await tx.all<object>('SELECT * FROM sessions WHERE id > ? ORDER BY id LIMIT ?', [
    afterId,
    limit,
  ]);
  return rows.map(toSession);
}

export async function pageTurns(
  tx: Reader,
  sessionId: string,
  afterTurn: number,
  limit: number,
): Promise<StoredTurn[]> {
  const rows = await tx.all<{ id: number; copied_from: number | null }>(
    'SELECT * FROM turns WHERE session_id = ? AND id > ? AND ended_at IS NOT NULL ORDER BY id LIMIT ?',
    [sessionId, afterTurn, limit],
  );
  const stored: StoredTurn[] = [];
  for (const row of rows) {
    const messages = await tx.all<MessageRow>('SELECT * FROM messages WHERE id IN (?, ?) ORDER BY id', [
      2 * row.id,
      2 * row.id + 1,
    ]);
    const found: StoredTurn['messages'] = [];
    for (const { id, role, created_at: createdAt, content, parts } of messages)
      found.push({ id, role, createdAt, content, isCut: parts > 0, files: await messageFiles(tx, id) });
    stored.push({
      turn: toTurn(row),
      isCopy: row.copied_from !== null,
      messages: found,
      toolCalls: await toolCalls(tx, row.id),
    });
  }
  return stored;
}

/** Adds an ended turn, with a new id or a given free one. `made` is the source of a turn from a transcript. */
export async function addTurn(
  tx: Writer,
  sessionId: string,
  { turn, isCopy, messages, toolCalls: calls }: NewTurn,
  given: { id: number | undefined; made: string | null },
): Promise<void> {
  const { id } = await insertRow<{ id: number }>(
    tx,
    'turns',
    {
      ...TURN.toRow({ ...turn, sessionId }),
      ...(given.id !== undefined && { id: given.id }),
      copied_from: isCopy ? 0 : null,
      made: given.made,
    },
    'id',
  );
  for (const { role, createdAt, pieces, files } of messages) {
    await insertContent(tx, { turnId: id, sessionId, role, at: createdAt }, pieces);
    await insertFiles(tx, messageId(id, role), files);
  }
  await insertToolCalls(tx, id, calls);
}
