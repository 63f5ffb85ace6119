/** Reads fields of hand-written JSON under any of several names. Nothing here throws. */

export type Fields = Record<string, unknown>;
/** A bigint when a double would round it. */
export type Numeric = number | bigint;
export type Named = [name: string, fields: Fields];

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function pickText(fields: Fields, keys: string[]): string | null {
  const text = keys
    .map((key) => fields[key])
    .find((value) => typeof value === 'string' && value.trim() !== '');
  return typeof text === 'string' ? text.trim() : null;
}

export function pickNumber(fields: Fields, keys: string[]): Numeric | null {
  return keys.map((key) => toNumber(fields[key])).find((value) => value !== null) ?? null;
}

/** Accepts numbers, and numbers in text. */
export function toNumber(value: unknown): Numeric | null {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number === 'bigint') return number;
  return typeof number === 'number' && !Number.isNaN(number) ? number : null;
}

/** Reads named items from a list, from a record by name, or from a single item. Items without a name are left out. */
export function pickList(document: Fields, keys: string[]): Named[] {
  const value = keys
    .map((key) => document[key])
    .find((candidate) => candidate !== undefined && candidate !== null);
  if (typeof value === 'string') return [[value, {}]];
  if (Array.isArray(value)) return value.flatMap(toNamed);
  if (!isFields(value)) return [];
  const single = toNamed(value);
  return single.length > 0 ? single : Object.entries(value).map(([name, item]) => [name, toFields(item)]);
}

function toNamed(item: unknown): Named[] {
  if (typeof item === 'string') return [[item, {}]];
  if (!isFields(item)) return [];
  const name = pickText(item, ['name', 'parameter', 'variable', 'expression_name', 'metric', 'id']);
  return name === null ? [] : [[name, item]];
}

/** Accepts the short forms `"thickness": [1, 6]`, `"mass": "minimize"` and `"stress": 120`. */
function toFields(item: unknown): Fields {
  if (isFields(item)) return item;
  if (Array.isArray(item)) {
    return item.length === 2 && item.every((bound) => typeof bound === 'number')
      ? { bounds: item }
      : { choices: item };
  }
  return typeof item === 'string' ? { type: item } : { threshold: item };
}
