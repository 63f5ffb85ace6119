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

const TIME = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(Z|[+-]\d\d(?::?\d\d)?)?)?$/i;

/**
 * A point in time, ms since the epoch: a duration before now, or an ISO date or time, which is local where it names no
 * zone. Throws USAGE, also for a day or an hour that there is not.
 */
export function parseSince(flag: string, text: string): number {
  if (isDuration(text)) return Date.now() - parseDuration(text);
  const at = parseTime(text);
  if (at !== undefined) return at;
  throw new SessionError('USAGE', `${flag} takes a date, a time or a duration such as 2h, not "${text}".`, {
    hint: 'Write a date as 2026-11-26, and a time as 2026-11-26T14:30 or, with its zone, 2026-11-26T14:30Z.',
  });
}

function parseTime(text: string): number | undefined {
  const [, date, minutes = '00:00', seconds = '00', fraction = '0', zone = ''] = TIME.exec(text) ?? [];
  if (date === undefined) return undefined;
  const clock = `${date}T${minutes}:${seconds}`;
  const asWritten = new Date(`${clock}Z`);
  // Date takes 30 February for 2 March.
  if (Number.isNaN(asWritten.getTime()) || asWritten.toISOString().slice(0, 19) !== clock) return undefined;
  const offset = zone.replace(/^([+-]\d\d):?(\d\d)?$/, (_, hours, rest = '00') => `${hours}:${rest}`);
  const at = Date.parse(`${clock}.${fraction.slice(0, 3)}${offset.toUpperCase()}`);
  return Number.isNaN(at) ? undefined : at;
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
