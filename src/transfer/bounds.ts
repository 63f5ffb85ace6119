/** The allowed range of numbers and times in a file. Values outside would break sums and retention. */
import * as v from 'valibot';

const LATEST = Date.UTC(2200, 0);
const LARGEST = 1e15;
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d/;

export const boundedCount = v.pipe(v.number(), v.minValue(0), v.maxValue(1e12), v.transform(Math.trunc));
export const boundedUsd = v.pipe(v.number(), v.minValue(0), v.maxValue(1e9));

/** An ISO 8601 time, as milliseconds since the epoch. */
export const boundedTime = v.pipe(
  v.string(),
  v.check(isBoundedTime, 'must be a time between 1970 and 2200'),
  v.transform((text) => Date.parse(text)),
);

function isBoundedTime(text: string): boolean {
  const at = Date.parse(text);
  return ISO.test(text) && at >= 0 && at < LATEST;
}

/**
 * The path of a number or a time that is out of range in a record; undefined without one. Inputs of tools are not
 * checked.
 */
export function findUnbounded(record: object): string | undefined {
  for (const [key, value] of Object.entries(record)) {
    if (key === 'input' || key === 'tool_input') continue;
    if (typeof value === 'number' && !(Math.abs(value) <= LARGEST))
      return `${key}: must be a number of less size`;
    if (typeof value === 'string' && (key === 'at' || key.endsWith('_at')) && !isBoundedTime(value))
      return `${key}: must be a time between 1970 and 2200`;
    if (typeof value === 'object' && value !== null) {
      const found = findUnbounded(value as object);
      if (found !== undefined) return `${key}.${found}`;
    }
  }
  return undefined;
}
