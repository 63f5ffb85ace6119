/** Rounds to billionths of a dollar, which removes the rounding errors of floating-point sums. A token costs more. */
export function roundUsd(usd: number): number {
  return Math.round(usd * 1e9) / 1e9;
}

/** What is left of a budget, at least 0; null without a budget. */
export function leftOfBudget({
  budgetUsd,
  costUsd,
}: {
  budgetUsd: number | null;
  costUsd: number;
}): number | null {
  return budgetUsd === null ? null : Math.max(roundUsd(budgetUsd - costUsd), 0);
}

/** An amount as text, with two to four decimal digits. */
export function formatUsd(usd: number): string {
  return `$${usd.toFixed(4).replace(/0{1,2}$/, '')}`;
}
