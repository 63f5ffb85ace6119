import ms from 'ms';
import { SessionError } from '../errors.ts';

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

export function isDuration(text: string): boolean {
  return durationMs(text) !== undefined;
}

/** The same for a flag. Throws USAGE when it is not a duration. */
export function parseDuration(text: string): number {
  const value = durationMs(text);
  if (value !== undefined) return value;
  throw new SessionError('USAGE', `“${text}” is not a duration`, { hint: DURATION_HINT });
}

export const DURATION_HINT = 'Write a number and a unit: 90s, 10m, 24h, 30d or 4w.';
