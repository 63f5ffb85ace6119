import { expect, it } from 'vitest';
import type { Session, TurnLimits } from '../../../src/model/model.ts';
import { checkBudget, hintAtBudget, leftToSpend } from '../../../src/turns/budget.ts';
import { newSession } from '../../support/store-model.ts';

const session = (budgetUsd: number | null, costUsd: number): Session =>
  ({ ...newSession({ budgetUsd }), costUsd }) as Session;

it.each([
  [null, 100, false],
  [1, 0.999, false],
  [1, 1, true],
  [1, 1.001, true],
])('a session with a budget of %s that has spent %s is refused: %s', (budgetUsd, costUsd, isRefused) => {
  const check = (): void => checkBudget(session(budgetUsd, costUsd));
  if (isRefused) expect(check).toThrow(expect.objectContaining({ code: 'BUDGET_EXCEEDED' }));
  else expect(check).not.toThrow();
});

it.each([
  ['nothing is limited', null, 3, null, 0, null],
  ['only the turn is', null, 3, 2, 0, 2],
  ['only the session is', 4, 3, null, 0, 1],
  ['the session has less left', 4, 3, 2, 0, 1],
  ['the turn has less left', 4, 3, 0.5, 0, 0.5],
  ['the turn has spent some of its own', null, 3, 2, 0.5, 1.5],
  ['the turn has spent some of the rest', 4, 3, 2, 0.25, 0.75],
  ['nothing is left', 4, 3, null, 1, 0.000001],
  ['less than nothing is left', 4, 5, 2, 0, 0.000001],
])('what a turn may spend when %s', (_, budgetUsd, costUsd, turnUsd, alreadyUsd, left) => {
  expect(leftToSpend(session(budgetUsd, costUsd), turnUsd, alreadyUsd)).toBe(left);
});

it('what is left of a budget has no digits that nobody meant', () => {
  expect(leftToSpend(session(0.3, 0.2), null)).toBe(0.1);
  expect(() => checkBudget(session(0.3, 0.1 + 0.1 + 0.1 - 1e-16))).toThrow(
    'has spent $0.30 of its budget of $0.30',
  );
});

it.each([
  ['the turn', null, { maxBudgetUsd: 1 }, /^Raise --max-budget-usd, or/],
  ['the turn, where the session has more', 5, { maxBudgetUsd: 1 }, /^Raise --max-budget-usd, or/],
  ['the session', 0.5, { maxBudgetUsd: 1 }, /"session set [^"]* --budget-usd USD"\.$/],
  ['the session, where the turn has none', 0.5, { maxBudgetUsd: null }, /--budget-usd USD"\.$/],
  ['the day', 5, { maxBudgetUsd: 1, reservedUsd: 1 }, /^Raise --max-budget-usd or maxDailyUsd, or/],
])('the hint at a budget names that of %s', (_, budgetUsd, limits, hint) => {
  expect(hintAtBudget(session(budgetUsd, 0), limits as TurnLimits)).toMatch(hint);
});
