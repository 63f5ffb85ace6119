import { answerWaiting } from '../library/approvals.ts';
import type { ApprovalAnswer } from '../library/approvals.ts';
import { toApprovalRecord } from '../model/to-record.ts';
import type { Invocation } from './invocation.ts';

export const APPROVAL_POSITIONAL = {
  approval: {
    type: 'string',
    demandOption: true,
    completes: 'approvals',
    describe: 'Id of the tool call, or its first 4 or more characters (see "session approvals")',
  },
} as const;

/** Answers a waiting tool call, and prints the call with its answer. */
export async function printAnswer(invocation: Invocation, id: string, answer: ApprovalAnswer): Promise<void> {
  const approval = await answerWaiting(invocation, id, answer);
  await invocation.printer.record(toApprovalRecord(approval));
  const { tool, turnId, rule } = approval;
  const what = answer.answer === 'allow' ? 'approved' : 'denied';
  const always = answer.always ? `; from now on the session allows ${rule}` : '';
  invocation.notice(`${what} ${tool} of turn ${turnId}${always}`);
}
