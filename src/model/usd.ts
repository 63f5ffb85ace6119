/** Rounds to millionths of a dollar, so that sums and differences have no digits that nobody meant. */
export function roundUsd(usd: number): number {
  return Math.round(usd * 1e6) / 1e6;
}

/** What is left of a budget; not less than 0, and null where there is none. */
export function leftOfBudget({
  budgetUsd,
  costUsd,
}: {
  budgetUsd: number | null;
  costUsd: number;
}): number | null {
  return budgetUsd === null ? null : Math.max(roundUsd(budgetUsd - costUsd), 0);
}

/** An amount in words, with two to four digits behind the point. */
export function formatUsd(usd: number): string {
  return `$${usd.toFixed(4).replace(/0{1,2}$/, '')}`;
}
