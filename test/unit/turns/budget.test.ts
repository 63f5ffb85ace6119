import { expect, it } from 'vitest';
import type { Session } from '../../../src/model/model.ts';
import { checkBudget, leftToSpend } from '../../../src/turns/budget.ts';
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
