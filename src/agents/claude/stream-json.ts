/** An object of the agent's stream, before any validation. */
export type Json = Record<string, unknown>;

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value if it is an object, else an empty one. */
export function asObject(value: unknown): Json {
  return isObject(value) ? value : {};
}

/** The objects of a list; of anything else, none. */
export function asObjects(value: unknown): Json[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

export function asString(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** A count, a duration or a price: a number of at least 0 that is small enough for sums. */
export function asNumber(value: unknown): number | null {
  return typeof value === 'number' && value >= 0 && value <= MAX_NUMBER ? value : null;
}

const MAX_NUMBER = 1e12;

/** The id of an object, if it has one. */
export function idOf({ id }: Json): string | undefined {
  return typeof id === 'string' ? id : undefined;
}
