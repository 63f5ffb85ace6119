import { SessionError } from '../errors.ts';
import { DURATION_HINT, durationMs } from '../settings/durations.ts';
import { sizeBytes } from '../settings/sizes.ts';

/** Parses a positive amount of dollars. Throws USAGE. */
export function parseMoney(flag: string, text: string): number {
  const amount = /^\d{1,9}(\.\d{1,6})?$/.test(text) ? Number(text) : 0;
  return amount > 0 ? amount : refuse(flag, 'an amount in US dollars such as 0.50', text);
}

/** Parses a whole number of at least `least`. Throws USAGE. */
export function parseCount(flag: string, text: string, least = 1): number {
  const count = /^\d{1,9}$/.test(text) ? Number(text) : -1;
  return count >= least ? count : refuse(flag, `a whole number of at least ${least}`, text);
}

/** Parses a duration into milliseconds. Throws USAGE. */
export function parseDurationFlag(flag: string, text: string): number {
  return durationMs(text) ?? refuse(flag, 'a duration such as 90s, 10m or 24h', text, DURATION_HINT);
}

/** Milliseconds, more than 0. Throws USAGE. */
export function parseTimeLimit(flag: string, text: string): number {
  return parseDurationFlag(flag, text) || refuse(flag, 'a duration of more than 0', text);
}

/** Parses a size into bytes. Throws USAGE. */
export function parseSizeFlag(flag: string, text: string): number {
  return sizeBytes(text) ?? refuse(flag, 'a size such as 500MB or 2GiB', text);
}

/** Parses the name of a model, and trims it. Throws USAGE. */
export function parseModel(flag: string, text: string): string {
  const model = text.trim();
  return isModel(model) ? model : refuse(flag, 'the name of a model', text);
}

/** Parses names of models, separated by commas, and trims them. Throws USAGE. */
export function parseModels(flag: string, text: string): string {
  const models = text.split(',').map((model) => model.trim());
  return models.every(isModel) ? models.join(',') : refuse(flag, 'names of models separated by commas', text);
}

function isModel(text: string): boolean {
  return /^[^-\p{C}\p{Z}][^\p{C}]*$/u.test(text);
}

function refuse(flag: string, wanted: string, text: string, hint?: string): never {
  throw new SessionError('USAGE', `${flag} takes ${wanted}, not "${text}".`, { hint });
}

const TIME = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(Z|[+-]\d\d(?::?\d\d)?)?)?$/i;

/**
 * Parses a time into milliseconds since the epoch: a duration before now, or an ISO date or time, which is local
 * without a zone. Throws USAGE, also for a day or an hour that does not exist.
 */
export function parseSince(flag: string, text: string): number {
  const ago = durationMs(text);
  if (ago !== undefined) return Date.now() - ago;
  const hint =
    'Write a date as 2026-11-26, and a time as 2026-11-26T14:30 or, with its zone, 2026-11-26T14:30Z.';
  return parseTime(text) ?? refuse(flag, 'a date, a time or a duration such as 2h', text, hint);
}

function parseTime(text: string): number | undefined {
  const [, date, minutes = '00:00', seconds = '00', fraction = '0', zone = ''] = TIME.exec(text) ?? [];
  if (date === undefined) return undefined;
  const clock = `${date}T${minutes}:${seconds}`;
  const asWritten = new Date(`${clock}Z`);
  // Date reads 30 February as 2 March.
  if (Number.isNaN(asWritten.getTime()) || asWritten.toISOString().slice(0, 19) !== clock) return undefined;
  const offset = zone.replace(/^([+-]\d\d):?(\d\d)?$/, (_, hours, rest = '00') => `${hours}:${rest}`);
  const at = Date.parse(`${clock}.${fraction.slice(0, 3)}${offset.toUpperCase()}`);
  return Number.isNaN(at) ? undefined : at;
}
