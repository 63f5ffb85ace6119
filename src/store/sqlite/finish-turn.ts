import { SESSION, TURN } from '../../model/codec.ts';
import type { Writer } from './engine/connection.ts';
import { insertContent } from './contents.ts';
import { updateRow } from './sessions.ts';
import type { TurnEnd } from '../turn-store.ts';

/**
 * Writes a turn's end with its answer and all other results. Returns false when the turn is not, or is no longer, this
 * owner's.
 */
export function finishTurn(tx: Writer, id: number, owner: string, end: TurnEnd): boolean {
  const { answer, toolCalls, agentSession, ...turn } = end;
  const row = TURN.toRow(turn);
  const sets = Object.keys(row)
    .map((column) => `${column} = ?`)
    .join(', ');
  const ended = tx.get<{ session_id: string }>(
    `UPDATE turns SET ${sets} WHERE id = ? AND owner = ? AND ended_at IS NULL RETURNING session_id`,
    [...Object.values(row), id, owner],
  );
  if (ended === undefined) return false;
  const sessionId = ended.session_id;
  tx.run('DELETE FROM approvals WHERE turn_id = ?', [id]);
  const message = { turnId: id, sessionId, role: 'assistant', at: end.endedAt } as const;
  const hasAnswer = insertContent(tx, message, answer, end.status === 'completed');
  const calls = insertToolCalls(tx, id, toolCalls);
  // Tool calls belong to a message, so without an answer an empty message is stored.
  const answered = hasAnswer || (calls > 0 && insertContent(tx, message, []));
  tx.run(
    `UPDATE sessions SET message_count = message_count + ?, cost_usd = cost_usd + ?,
       last_active_at = max(last_active_at, ?) WHERE id = ?`,
    [answered, end.costUsd, end.endedAt, sessionId],
  );
  if (agentSession !== null) {
    const { id: agentSessionId, sinceTurn: agentSinceTurn, context, isCompacted, spent } = agentSession;
    const change = {
      agentSessionId,
      agentSinceTurn,
      ...(spent && { agentSpent: spent }),
      ...(context && { agentContext: context }),
    };
    updateRow(tx, 'sessions', SESSION.toRow(change), sessionId);
    if (isCompacted)
      tx.run(
        `UPDATE sessions SET agent_context = json_set(agent_context, '$.told', json('{}')) WHERE id = ?`,
        [sessionId],
      );
  }
  return true;
}

/** Stores the calls of a turn in their order. Returns how many there are. */
export function insertToolCalls(tx: Writer, turnId: number, toolCalls: TurnEnd['toolCalls']): number {
  let n = 0;
  for (const call of toolCalls) {
    tx.run(
      `INSERT INTO tool_calls (turn_id, n, id, name, input, result, is_error, denied, text_offset)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      [
        turnId,
        n++,
        call.id,
        call.name,
        JSON.stringify(call.input) ?? 'null',
        call.result,
        call.isError,
        call.denied,
        call.textOffset,
      ],
    );
  }
  return n;
}
