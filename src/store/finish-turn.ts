import type { Writer } from './connection.ts';
import { insertContent } from './contents.ts';
import type { TurnEnd } from './store.ts';

/** Writes a turn's end with all that came of it; false when it was not this owner's to end (any more). */
export function finishTurn(tx: Writer, id: number, owner: string, end: TurnEnd): boolean {
  const ended = tx.get<{ session_id: string }>(
    `UPDATE turns SET status = ?, continuity = ?, error_code = ?, error_message = ?, retry_at = ?, usage = ?, usage_by_model = ?, cost_usd = ?, num_turns = ?,
       permission_denials = ?, duration_ms = ?, ttft_ms = ?, model = ?, agent_version = ?, exit_code = ?, ended_at = ?
     WHERE id = ? AND owner = ? AND ended_at IS NULL RETURNING session_id`,
    [
      end.status,
      end.continuity,
      end.errorCode,
      end.errorMessage,
      end.retryAt,
      end.usage && JSON.stringify(end.usage),
      end.usageByModel && JSON.stringify(end.usageByModel),
      end.costUsd,
      end.numTurns,
      JSON.stringify(end.permissionDenials),
      end.durationMs,
      end.ttftMs,
      end.model,
      end.agentVersion,
      end.exitCode,
      end.endedAt,
      id,
      owner,
    ],
  );
  if (ended === undefined) return false;
  const sessionId = ended.session_id;
  const message = { turnId: id, sessionId, role: 'assistant', at: end.endedAt } as const;
  const hasAnswer = insertContent(tx, message, end.answer, end.status === 'completed');
  const calls = insertToolCalls(tx, id, end.toolCalls);
  // Calls are told with a message, if an empty one.
  const answered = hasAnswer || (calls > 0 && insertContent(tx, message, []));
  tx.run(
    `UPDATE sessions SET message_count = message_count + ?, cost_usd = cost_usd + ?,
       last_active_at = max(last_active_at, ?) WHERE id = ?`,
    [answered, end.costUsd, end.endedAt, sessionId],
  );
  if (end.agentSession !== null) {
    const { id: agentId, sinceTurn, context, isCompacted, spent } = end.agentSession;
    tx.run(
      `UPDATE sessions SET agent_session_id = ?, agent_since_turn = ?, agent_spent = coalesce(?, agent_spent) WHERE id = ?`,
      [agentId, sinceTurn, spent && JSON.stringify(spent), sessionId],
    );
    if (context !== null)
      tx.run('UPDATE sessions SET agent_context = ? WHERE id = ?', [JSON.stringify(context), sessionId]);
    if (isCompacted)
      tx.run(
        `UPDATE sessions SET agent_context = json_set(agent_context, '$.told', json('{}')) WHERE id = ?`,
        [sessionId],
      );
  }
  return true;
}

/** Stores the calls of a turn in their order; returns how many they are. */
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
