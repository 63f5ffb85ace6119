const UNITS = ['kB', 'MB', 'GB', 'TB'] as const;

/** A size for people: `0 B`, `812 B`, `1.4 GB`. */
export function formatSize(bytes: number): string {
  let amount = bytes;
  let unit = 'B';
  for (const next of UNITS) {
    if (amount < 999.5) break;
    amount /= 1000;
    unit = next;
  }
  const digits = unit === 'B' || amount >= 99.95 ? 0 : 1;
  return `${amount.toFixed(digits)} ${unit}`;
}
