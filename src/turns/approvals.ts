import { SessionError } from '../errors.ts';
import type { Approval } from '../model/approval.ts';
import type { Author } from '../model/session-change.ts';
import type { ApprovalAnswer } from '../store/approval-store.ts';
import type { Services } from './services.ts';
import { settleSession } from './settle.ts';

type Needed = Pick<Services, 'store' | 'paths' | 'env'>;

const ID = /^[0-9a-f]{4,12}$/;

/**
 * The questions that wait for an answer, of one session or of all. Questions of turns without an owner are removed
 * first.
 */
export async function openApprovals(services: Needed, sessionId?: string): Promise<Approval[]> {
  const { store } = services;
  const asking = new Set((await store.approvals.open(sessionId)).map((approval) => approval.sessionId));
  for (const id of asking) {
    const session = await store.sessions.find(id);
    if (session !== undefined) await settleSession(services, session);
  }
  return asking.size === 0 ? [] : await store.approvals.open(sessionId);
}

/** Answers a question by the beginning of its id, and returns it. Throws USAGE when there is no such question. */
export async function answerApproval(
  services: Needed,
  prefix: string,
  answer: ApprovalAnswer,
  author: Author,
): Promise<Approval> {
  const { store } = services;
  await openApprovals(services);
  const approval = await findApproval(services, prefix);
  if (answer.always && approval.rule === null)
    throw new SessionError('USAGE', `No permission rule allows just what ${approval.id} asks for.`, {
      hint: 'Approve it without --always.',
    });
  if (await store.approvals.answer(approval.id, answer, author)) return { ...approval, ...answer };
  const now = (await store.approvals.findByPrefix(approval.id))[0];
  throw notOpen(prefix, now);
}

async function findApproval({ store }: Needed, prefix: string): Promise<Approval> {
  const found = ID.test(prefix) ? await store.approvals.findByPrefix(prefix) : [];
  const [approval, ...others] = found.filter(({ answer }) => answer === null);
  if (approval === undefined) throw notOpen(prefix, found[0]);
  if (others.length === 0) return approval;
  const ids = found.map(({ id }) => id).join(', ');
  throw new SessionError('USAGE', `"${prefix}" could be any of ${found.length} approvals.`, {
    hint: `Use one of these ids: ${ids}.`,
  });
}

function notOpen(prefix: string, known: Approval | undefined): SessionError {
  const hint = 'See what waits with "session approvals".';
  if (known === undefined)
    return new SessionError('USAGE', `No tool call waits for approval as "${prefix}".`, { hint });
  return new SessionError('USAGE', `Approval ${known.id} was answered already (${known.answer}).`, { hint });
}
