import { APPROVAL } from '../../model/codec.ts';
import type { Approval } from '../../model/approval.ts';
import type { Author } from '../../model/session-change.ts';
import type { ApprovalAnswer, NewApproval } from '../approval-store.ts';
import type { SqlValue } from '../sql-value.ts';
import type { Reader, Writer } from './connection.ts';
import { insertRow, lockSession } from './rows.ts';
import { changeSession } from './sessions.ts';

export async function askApproval(tx: Writer, approval: NewApproval): Promise<boolean> {
  const open = await tx.get(
    'SELECT 1 FROM turns WHERE id = ? AND owner = ? AND ended_at IS NULL FOR UPDATE',
    [approval.turnId, approval.owner],
  );
  if (open === undefined) return false;
  await insertRow(tx, 'approvals', APPROVAL.toRow({ ...approval, always: false }));
  return true;
}

export async function openApprovals(tx: Reader, sessionId?: string): Promise<Approval[]> {
  return sessionId === undefined
    ? await select(tx, 'answer IS NULL')
    : await select(tx, 'answer IS NULL AND session_id = ?', sessionId);
}

export async function approvalsOfTurn(tx: Reader, turnId: number): Promise<Approval[]> {
  return await select(tx, 'turn_id = ?', turnId);
}

export async function approvalsByPrefix(tx: Reader, prefix: string): Promise<Approval[]> {
  return await select(tx, 'starts_with(id, ?)', prefix);
}

export async function answerApproval(
  tx: Writer,
  id: string,
  given: ApprovalAnswer,
  author?: Author,
): Promise<boolean> {
  const sets = APPROVAL.toRow(given);
  const row = await tx.get<object>(
    `UPDATE approvals SET ${Object.keys(sets)
      .map((column) => `${column} = ?`)
      .join(', ')}
     WHERE id = ? AND answer IS NULL RETURNING *`,
    [...Object.values(sets), id],
  );
  if (row === undefined) return false;
  const { sessionId, rule } = APPROVAL.fromRow(row);
  if (given.always && rule !== null) await allowTool(tx, sessionId, rule, author);
  return true;
}

async function allowTool(
  tx: Writer,
  sessionId: string,
  rule: string,
  author: Author | undefined,
): Promise<void> {
  const allowed = (await lockSession(tx, sessionId))?.allowedTools ?? [];
  if (allowed.includes(rule)) return;
  await changeSession(tx, sessionId, { allowedTools: [...allowed, rule] }, author);
}

async function select(tx: Reader, where: string, ...params: SqlValue[]): Promise<Approval[]> {
  const rows = await tx.all<object>(`SELECT * FROM approvals WHERE ${where} ORDER BY asked_at, seq`, params);
  return rows.map((row) => APPROVAL.fromRow(row));
}
