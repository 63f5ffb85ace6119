/** Reads sessions from the store, turn by turn in separate transactions, and adds turns to it. */
import { TURN } from '../../model/codec.ts';
import type { Session } from '../../model/model.ts';
import type { Reader, Writer } from './engine/connection.ts';
import { insertContent } from './contents.ts';
import { messageId } from '../parts.ts';
import { insertToolCalls } from './finish-turn.ts';
import { insertFiles, messageFiles } from './files.ts';
import { toolCalls } from './messages.ts';
import { insertRow } from './sessions.ts';
import { toTurn, type MessageRow } from '../rows.ts';
import { toSession } from '../session-rows.ts';
import type { NewTurn, StoredTurn } from '../transfer-store.ts';

export function pageSessions(tx: Reader, afterId: string, limit: number): Session[] {
  return tx
    .all<object>('SELECT * FROM sessions WHERE id > ? ORDER BY id LIMIT ?', [afterId, limit])
    .map(toSession);
}

export function pageTurns(tx: Reader, sessionId: string, afterTurn: number, limit: number): StoredTurn[] {
  const rows = tx.all<{ id: number; copied_from: number | null }>(
    'SELECT * FROM turns WHERE session_id = ? AND id > ? AND ended_at IS NOT NULL ORDER BY id LIMIT ?',
    [sessionId, afterTurn, limit],
  );
  return rows.map((row) => ({
    turn: toTurn(row),
    isCopy: row.copied_from !== null,
    messages: tx
      .all<MessageRow>('SELECT * FROM messages WHERE id IN (?, ?) ORDER BY id', [2 * row.id, 2 * row.id + 1])
      .map(({ id, role, created_at, content, parts }) => ({
        id,
        role,
        createdAt: created_at,
        content,
        isCut: parts > 0,
        files: messageFiles(tx, id),
      })),
    toolCalls: toolCalls(tx, row.id),
  }));
}

/** Adds an ended turn, with a new id or a given free one. `made` is the source of a turn from a transcript. */
export function addTurn(
  tx: Writer,
  sessionId: string,
  { turn, isCopy, messages, toolCalls: calls }: NewTurn,
  given: { id: number | null; made: string | null },
): void {
  const id = insertRow(tx, 'turns', {
    ...TURN.toRow({ ...turn, sessionId }),
    id: given.id,
    copied_from: isCopy ? 0 : null,
    made: given.made,
  });
  for (const { role, createdAt, pieces, files = [] } of messages) {
    insertContent(tx, { turnId: id, sessionId, role, at: createdAt }, pieces);
    insertFiles(tx, messageId(id, role), files);
  }
  insertToolCalls(tx, id, calls);
}
