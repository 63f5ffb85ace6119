import { SESSION, TURN } from '../../model/codec.ts';
import type { TurnEnd } from '../turn-store.ts';
import type { Writer } from './connection.ts';
import { messageId } from '../parts.ts';
import { insertContent } from './contents.ts';
import { updateRow } from './rows.ts';

/** Writes a turn's end with its answer and all other results. Returns false when the turn is no longer this owner's. */
export async function finishTurn(tx: Writer, id: number, owner: string, end: TurnEnd): Promise<boolean> {
  const { answer: _answer, toolCalls: _calls, agentSession, ...turn } = end;
  const row = TURN.toRow(turn);
  const sets = Object.keys(row).map((column) => `${column} = ?`);
  const ended = await tx.get<{ session_id: string }>(
    `UPDATE turns SET ${sets.join(', ')}, leased_until = NULL WHERE id = ? AND owner = ? AND ended_at IS NULL
     RETURNING session_id`,
    [...Object.values(row), id, owner],
  );
  if (ended === undefined) return false;
  const sessionId = ended.session_id;
  await tx.run('DELETE FROM approvals WHERE turn_id = ?', [id]);
  await tx.run('DELETE FROM turn_records WHERE turn_id = ?', [id]);
  await storeAnswer(tx, id, sessionId, end);
  if (agentSession !== null) await keepAgentSession(tx, sessionId, agentSession);
  return true;
}

/** The error message of a turn whose answer came after it was given up. */
const LATE = 'The machine that ran the turn was lost; its answer came later.';

/** Adds a late answer. The agent's conversation is not changed, because it has continued without the answer. */
export async function addLateAnswer(tx: Writer, id: number, owner: string, end: TurnEnd): Promise<boolean> {
  const { answer: _answer, toolCalls: _calls, agentSession: _session, ...turn } = end;
  const { status: _status, endedAt: _endedAt, errorCode: _code, ...late } = turn;
  const row = TURN.toRow({ ...late, owner, errorMessage: LATE });
  const sets = Object.keys(row).map((column) => `${column} = ?`);
  const added = await tx.get<{ session_id: string }>(
    `UPDATE turns SET ${sets.join(', ')}, is_late = TRUE
     WHERE id = ? AND status = 'interrupted' AND NOT is_late AND cost_usd = 0 RETURNING session_id`,
    [...Object.values(row), id],
  );
  if (added === undefined) return false;
  await dropAnswer(tx, id, added.session_id);
  await storeAnswer(tx, id, added.session_id, end);
  return true;
}

async function dropAnswer(tx: Writer, id: number, sessionId: string): Promise<void> {
  const message = messageId(id, 'assistant');
  await tx.run(
    `UPDATE sessions SET message_count = message_count - (SELECT count(*) FROM messages WHERE id = ?), bytes = bytes
       - (SELECT coalesce(sum(octet_length(content)), 0) FROM messages WHERE id = ?)
       - (SELECT coalesce(sum(octet_length(content)), 0) FROM message_parts WHERE message_id = ?)
       - (SELECT coalesce(sum(octet_length(input) + coalesce(octet_length(result), 0)), 0) FROM tool_calls WHERE turn_id = ?)
     WHERE id = ?`,
    [message, message, message, id, sessionId],
  );
  await tx.run('DELETE FROM messages WHERE id = ?', [message]);
  await tx.run('DELETE FROM tool_calls WHERE turn_id = ?', [id]);
}

async function storeAnswer(tx: Writer, id: number, sessionId: string, end: TurnEnd): Promise<void> {
  const message = { turnId: id, sessionId, role: 'assistant', at: end.endedAt } as const;
  let bytes = await insertContent(tx, message, end.answer, end.status === 'completed');
  const calls = await insertToolCalls(tx, id, end.toolCalls);
  // Tool calls belong to a message, so without an answer an empty message is stored.
  if (calls.n > 0) bytes ??= await insertContent(tx, message, []);
  await tx.run(
    `UPDATE sessions SET message_count = message_count + ?, cost_usd = cost_usd + ?, bytes = bytes + ?,
       last_active_at = greatest(last_active_at, ?) WHERE id = ?`,
    [bytes === undefined ? 0 : 1, end.costUsd, (bytes ?? 0) + calls.bytes, end.endedAt, sessionId],
  );
}

async function keepAgentSession(
  tx: Writer,
  sessionId: string,
  { id, sinceTurn, context, isCompacted, spent }: NonNullable<TurnEnd['agentSession']>,
): Promise<void> {
  const change = {
    agentSessionId: id,
    agentSinceTurn: sinceTurn,
    ...(spent && { agentSpent: spent }),
    ...(context && { agentContext: context }),
  };
  await updateRow(tx, 'sessions', SESSION.toRow(change), sessionId);
  await addConversation(tx, sessionId, id, 0);
  if (isCompacted)
    await tx.run(
      `UPDATE sessions SET agent_context = jsonb_set(agent_context::jsonb, '{told}', '{}')::text WHERE id = ?`,
      [sessionId],
    );
}

/** Records that an agent has a conversation for a session. */
export async function addConversation(
  tx: Writer,
  sessionId: string,
  id: string,
  imported: 0 | 1,
): Promise<void> {
  await tx.run(
    'INSERT INTO agent_conversations (session_id, id, imported) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
    [sessionId, id, imported],
  );
}

/** Stores the calls of a turn in order. Returns their number and size. */
export async function insertToolCalls(
  tx: Writer,
  turnId: number,
  toolCalls: TurnEnd['toolCalls'],
): Promise<{ n: number; bytes: number }> {
  let n = 0;
  let bytes = 0;
  for (const call of toolCalls) {
    const input = JSON.stringify(call.input) ?? 'null';
    bytes += Buffer.byteLength(input) + Buffer.byteLength(call.result ?? '');
    await tx.run(
      `INSERT INTO tool_calls (turn_id, n, id, name, input, result, is_error, denied, text_offset)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      [turnId, n++, call.id, call.name, input, call.result, call.isError, call.denied, call.textOffset],
    );
  }
  return { n, bytes };
}
