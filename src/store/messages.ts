import type { Message, ToolCall, TurnStatus } from '../core/model.ts';
import type { Reader, SqlValue } from './connection.ts';
import { readWhole } from './contents.ts';
import { type MessageRow, type ToolCallRow, toMessage, toToolCall } from './rows.ts';
import type { MessageFilter } from './store.ts';

export function listMessages(
  tx: Reader,
  filter: MessageFilter,
  options: { toolCalls?: boolean } = {},
): Message[] {
  const conditions = ['messages.session_id = ?'];
  const params: SqlValue[] = [filter.sessionId];
  const add = (condition: string, value: SqlValue | undefined): void => {
    if (value === undefined) return;
    conditions.push(condition);
    params.push(value);
  };
  add('messages.id < ?', filter.before);
  add('messages.id > ?', filter.after);
  add('messages.role = ?', filter.role);
  add('messages.created_at >= ?', filter.since);
  const rows = tx.all<MessageRow & { status: TurnStatus; cost_usd: number }>(
    `SELECT messages.*, turns.status, turns.cost_usd FROM messages JOIN turns ON turns.id = messages.turn_id
     WHERE ${conditions.join(' AND ')} ORDER BY messages.id DESC LIMIT ?`,
    [...params, filter.limit ?? -1],
  );
  return rows
    .toReversed()
    .map((row) =>
      toMessage(
        row,
        readWhole(tx, row),
        options.toolCalls === true && row.role === 'assistant' ? toolCalls(tx, row.turn_id) : [],
      ),
    );
}

/** In the order they were made. */
export function toolCalls(tx: Reader, turnId: number): ToolCall[] {
  return tx
    .all<ToolCallRow>('SELECT * FROM tool_calls WHERE turn_id = ? ORDER BY n', [turnId])
    .map(toToolCall);
}
