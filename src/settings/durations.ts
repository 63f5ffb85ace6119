import ms from 'ms';

const SHAPE = /^\d{1,12}(?:\.\d{1,6})?(?:ms|s|m|h|d|w)$/;
/** A century. A longer duration is a typing error, and sums with dates stay exact. */
const LONGEST_MS = 100 * 365.25 * 24 * 3_600_000;

/**
 * Parses a duration as users write it (`250ms 90s 10m 24h 30d 4w`) to milliseconds. Returns undefined when it is not
 * valid.
 *
 * A number without a unit is not valid, because people mean seconds and programs mean milliseconds. Only `0` needs no
 * unit.
 */
export function durationMs(text: string): number | undefined {
  if (text === '0') return 0;
  if (!SHAPE.test(text)) return undefined;
  const value = Math.round(ms(text as ms.StringValue));
  return value <= LONGEST_MS ? value : undefined;
}

/** Whether it is a duration, and not zero where that has no sense. */
export function isDuration(text: string, isPositive = false): boolean {
  const value = durationMs(text);
  return value !== undefined && (value > 0 || !isPositive);
}

export const DURATION_HINT = 'Write a number and a unit: 90s, 10m, 24h, 30d or 4w. The most are 100 years.';
