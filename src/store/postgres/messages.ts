import type { Message, ToolCall, TurnStatus } from '../../model/model.ts';
import type { ListOptions, MessageFilter } from '../message-store.ts';
import { type MessageRow, type ToolCallRow, toMessage, toToolCall } from '../rows.ts';
import { whereMessages } from '../where.ts';
import type { Reader } from './connection.ts';
import { readWhole } from './contents.ts';
import { messageFiles } from './files.ts';

export async function listMessages(
  tx: Reader,
  filter: MessageFilter,
  { toolCalls: withCalls = false, whole = false }: ListOptions = {},
): Promise<Message[]> {
  const where = whereMessages(filter);
  const [order, limit] = filter.first === undefined ? ['DESC', filter.limit ?? null] : ['ASC', filter.first];
  const rows = await tx.all<MessageRow & { status: TurnStatus; cost_usd: number; output: string | null }>(
    `SELECT messages.*, turns.status, turns.cost_usd, turns.output FROM messages JOIN turns ON turns.id = messages.turn_id
     ${where.sql} ORDER BY messages.id ${order} LIMIT ?`,
    [...where.params, limit],
  );
  const messages: Message[] = [];
  for (const row of order === 'ASC' ? rows : rows.toReversed()) {
    const content = whole ? await readWhole(tx, row) : row.content;
    const calls = withCalls && row.role === 'assistant' ? await toolCalls(tx, row.turn_id) : [];
    messages.push({
      ...toMessage(row, content, await messageFiles(tx, row.id), calls),
      ...(row.parts > 0 && !whole && { isCut: true as const }),
    });
  }
  return messages;
}

/** In the order they were made. */
export async function toolCalls(tx: Reader, turnId: number): Promise<ToolCall[]> {
  const rows = await tx.all<ToolCallRow>('SELECT * FROM tool_calls WHERE turn_id = ? ORDER BY n', [turnId]);
  return rows.map(toToolCall);
}
