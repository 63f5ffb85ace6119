import { APPROVAL } from '../../model/codec.ts';
import type { Approval } from '../../model/approval.ts';
import type { Author } from '../../model/session-change.ts';
import type { ApprovalAnswer, NewApproval } from '../approval-store.ts';
import type { Reader, Writer } from './engine/connection.ts';
import { changeSession, findSession, insertRow, updateRow } from './sessions.ts';
import { findTurn } from './turns.ts';

export function askApproval(tx: Writer, approval: NewApproval): boolean {
  const turn = findTurn(tx, approval.turnId);
  if (turn === undefined || turn.endedAt !== null || turn.owner !== approval.owner) return false;
  insertRow(tx, 'approvals', APPROVAL.toRow({ ...approval, always: false }));
  return true;
}

export function openApprovals(tx: Reader, sessionId?: string): Approval[] {
  return select(tx, 'answer IS NULL AND (?1 IS NULL OR session_id = ?1)', sessionId ?? null);
}

export function approvalsOfTurn(tx: Reader, turnId: number): Approval[] {
  return select(tx, 'turn_id = ?', turnId);
}

export function approvalsByPrefix(tx: Reader, prefix: string): Approval[] {
  return select(tx, 'substr(id, 1, length(?1)) = ?1', prefix);
}

export function answerApproval(tx: Writer, id: string, given: ApprovalAnswer, author?: Author): boolean {
  const approval = select(tx, 'id = ? AND answer IS NULL', id)[0];
  if (approval === undefined) return false;
  updateRow(tx, 'approvals', APPROVAL.toRow(given), id);
  const { sessionId, rule } = approval;
  if (given.always && rule !== null) allowTool(tx, sessionId, rule, author);
  return true;
}

function allowTool(tx: Writer, sessionId: string, rule: string, author: Author | undefined): void {
  const allowed = findSession(tx, sessionId)?.allowedTools ?? [];
  if (allowed.includes(rule)) return;
  changeSession(tx, sessionId, { allowedTools: [...allowed, rule] }, author);
}

/** Only open turns have approvals, so all are read. */
function select(tx: Reader, where: string, value: string | number | null): Approval[] {
  return tx
    .all<object>(`SELECT * FROM approvals WHERE ${where} ORDER BY asked_at, rowid`, [value])
    .map((row) => APPROVAL.fromRow(row));
}
