import { SessionError } from '../errors.ts';
import type { Session } from '../model/model.ts';

/** Throws BUDGET_EXCEEDED when nothing is left of a session's budget. */
export function checkBudget({ id, budgetUsd, costUsd }: Session): void {
  if (budgetUsd === null || costUsd < budgetUsd) return;
  throw new SessionError(
    'BUDGET_EXCEEDED',
    `Session ${id} has spent $${costUsd.toFixed(4)} of its budget of $${budgetUsd}.`,
    {
      hint: `Raise it with "session set ${id} --budget-usd USD", or go on in a new session.`,
    },
  );
}

/** What the agent may spend on a turn: the smaller of the turn's budget and what is left of the session's. */
export function leftToSpend(
  { budgetUsd, costUsd }: Session,
  turnUsd: number | null,
  alreadyUsd = 0,
): number | null {
  const budgets = [turnUsd, budgetUsd === null ? null : budgetUsd - costUsd].filter((usd) => usd !== null);
  return budgets.length === 0 ? null : Math.max(Math.min(...budgets) - alreadyUsd, 0.000001);
}
