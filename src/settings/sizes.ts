const SHAPE = /^(\d{1,15}(?:\.\d{1,6})?) ?(?:([kmgt]i?)b?|b)$/i;
const POWER = { k: 1, m: 2, g: 3, t: 4 } as const;

/**
 * Parses a size as users write it to bytes: `500MB` (powers of 1000), `2GiB` (powers of 1024), `4096B`, `0`. Returns
 * undefined when it is not valid. A number without a unit is not valid: gc deletes by sizes, and `5` hardly means 5
 * bytes.
 */
export function sizeBytes(text: string): number | undefined {
  if (text === '0') return 0;
  const [, amount, prefix = ''] = SHAPE.exec(text) ?? [];
  if (amount === undefined) return undefined;
  const base = prefix.length === 2 ? 1024 : 1000;
  const power = prefix === '' ? 0 : POWER[prefix.charAt(0).toLowerCase() as keyof typeof POWER];
  const bytes = Math.round(Number(amount) * base ** power);
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

export function isSize(text: string): boolean {
  return sizeBytes(text) !== undefined;
}

export const SIZE_HINT = 'Write a number and a unit: 500MB or 2GiB.';
