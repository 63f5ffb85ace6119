import type { Approval } from '../model/approval.ts';
import type { ApprovalRecord } from '../model/records.ts';
import { toApprovalRecord } from '../model/to-record.ts';
import type { ApprovalAnswer } from '../store/approval-store.ts';
import { answerApproval, openApprovals } from '../turns/approvals.ts';
import { author } from './author.ts';
import type { Context } from './context.ts';

export type { ApprovalAnswer };

/** The tool calls that wait for an answer, of one session or of all. */
export async function listApprovals(context: Context, selector?: string): Promise<ApprovalRecord[]> {
  const session = selector === undefined ? undefined : await context.select(selector, 'write');
  const services = await context.services(session?.root);
  return (await openApprovals(services, session?.id)).map(toApprovalRecord);
}

/** Answers a waiting tool call by the beginning of its id. Throws USAGE when there is no such call. */
export async function answerWaiting(context: Context, id: string, answer: ApprovalAnswer): Promise<Approval> {
  return await answerApproval(await context.services(undefined), id, answer, author());
}
