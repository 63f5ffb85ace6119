import { SessionError } from '../errors.ts';
import type { Session, TurnLimits } from '../model/model.ts';
import { formatUsd, leftOfBudget, roundUsd } from '../model/usd.ts';

const LEAST_USD = 0.000001;

/** Throws BUDGET_EXCEEDED when nothing is left of a session's budget. */
export function checkBudget(session: Session): void {
  const { id, budgetUsd, costUsd } = session;
  if (leftOfBudget(session) !== 0) return;
  throw new SessionError(
    'BUDGET_EXCEEDED',
    `Session ${id} has spent ${formatUsd(costUsd)} of its budget of ${formatUsd(budgetUsd!)}.`,
    { hint: `${raise(id)} Or continue in a new session.` },
  );
}

/** What the agent may spend on a turn: the smaller of the turn's budget and what is left of the session's. */
export function leftToSpend(session: Session, turnUsd: number | null, alreadyUsd = 0): number | null {
  const budgets = [turnUsd, leftOfBudget(session)].filter((usd) => usd !== null);
  return budgets.length === 0 ? null : Math.max(roundUsd(Math.min(...budgets) - alreadyUsd), LEAST_USD);
}

/** What to do after the agent has reached the budget of its turn. `session` is as it was before the turn. */
export function hintAtBudget(session: Session, { maxBudgetUsd, reservedUsd }: TurnLimits): string {
  const left = leftOfBudget(session);
  if (left !== null && left <= (maxBudgetUsd ?? Infinity)) return raise(session.id);
  const limits = reservedUsd === undefined ? '--max-budget-usd' : '--max-budget-usd or maxDailyUsd';
  return `Raise ${limits}, or send another message to go on.`;
}

function raise(id: string): string {
  return `Raise the budget of the session with "session set ${id} --budget-usd USD".`;
}
