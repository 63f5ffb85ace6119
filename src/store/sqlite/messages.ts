import type { Message, ToolCall, TurnStatus } from '../../model/model.ts';
import type { MessageFile } from '../../model/message-file.ts';
import type { Reader } from './engine/connection.ts';
import { readWhole } from './contents.ts';
import { messageFiles } from './files.ts';
import { type MessageRow, type ToolCallRow, toMessage, toToolCall } from '../rows.ts';
import type { ListOptions, MessageFilter } from '../message-store.ts';
import { whereMessages } from '../where.ts';

export function listMessages(
  tx: Reader,
  filter: MessageFilter,
  { toolCalls: withCalls = false, whole = false }: ListOptions = {},
): Message[] {
  const where = whereMessages(filter);
  const [order, limit] = filter.first === undefined ? ['DESC', filter.limit ?? -1] : ['ASC', filter.first];
  const rows = tx.all<MessageRow & { status: TurnStatus; cost_usd: number; output: string | null }>(
    `SELECT messages.*, turns.status, turns.cost_usd, turns.output FROM messages JOIN turns ON turns.id = messages.turn_id
     ${where.sql} ORDER BY messages.id ${order} LIMIT ?`,
    [...where.params, limit],
  );
  const files = (row: MessageRow): MessageFile[] => (row.role === 'user' ? messageFiles(tx, row.id) : []);
  return (order === 'ASC' ? rows : rows.toReversed()).map((row) => ({
    ...toMessage(
      row,
      whole ? readWhole(tx, row) : row.content,
      files(row),
      withCalls && row.role === 'assistant' ? toolCalls(tx, row.turn_id) : [],
    ),
    ...(row.parts > 0 && !whole && { isCut: true as const }),
  }));
}

/** In the order they were made. */
export function toolCalls(tx: Reader, turnId: number): ToolCall[] {
  return tx
    .all<ToolCallRow>('SELECT * FROM tool_calls WHERE turn_id = ? ORDER BY n', [turnId])
    .map(toToolCall);
}
