import { SessionError } from '../errors.ts';
import { isDuration, parseDuration } from '../settings/durations.ts';
import { sizeBytes } from '../settings/sizes.ts';

/** A positive amount of dollars, or undefined when not given. Throws USAGE. */
export function parseMoney(flag: string, text: string | undefined): number | undefined {
  return parse(flag, text, /^\d{1,9}(\.\d{1,6})?$/, 'an amount in US dollars such as 0.50');
}

/** A whole number of at least `least`, or undefined when not given. Throws USAGE. */
export function parseCount(flag: string, text: string | undefined, least = 1): number | undefined {
  const count = parse(flag, text, /^\d{1,9}$/, `a whole number of at least ${least}`, least);
  return count;
}

function parse(
  flag: string,
  text: string | undefined,
  shape: RegExp,
  wanted: string,
  least = Number.MIN_VALUE,
): number | undefined {
  if (text === undefined) return undefined;
  if (shape.test(text) && Number(text) >= least) return Number(text);
  throw new SessionError('USAGE', `${flag} takes ${wanted}, not "${text}".`);
}

/** A point in time, ms since the epoch: an ISO date or time, or a duration before now. Throws USAGE. */
export function parseSince(flag: string, text: string): number {
  if (isDuration(text)) return Date.now() - parseDuration(text);
  const at = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(at)) return at;
  throw new SessionError('USAGE', `${flag} takes a date, a time or a duration such as 2h, not "${text}".`);
}

/** Milliseconds, or undefined when not given. Throws USAGE. */
export function parseDurationFlag(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (isDuration(text)) return parseDuration(text);
  throw new SessionError('USAGE', `${flag} takes a duration such as 90s, 10m or 24h, not "${text}".`);
}

/** Bytes, or undefined when not given. Throws USAGE. */
export function parseSizeFlag(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const bytes = sizeBytes(text);
  if (bytes !== undefined) return bytes;
  throw new SessionError('USAGE', `${flag} takes a size such as 500MB or 2GiB, not "${text}".`);
}
