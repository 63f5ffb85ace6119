const WORD = /^(?:"(?:[^"\\]|\\.)*"|\S+)/;
const DURATION_MS = { ms: 1, s: 1_000, m: 60_000 };
const SIZE_BYTES = { B: 1, KB: 1e3, MB: 1e6, GB: 1e9 };

/** A line of a script that is invalid. The message names the argument. */
export class ScriptError extends Error {}

/**
 * One argument of a verb: its label, and a function that takes its value from the start of a line and returns it with
 * the rest.
 */
export interface Argument<Value> {
  label: string;
  take(line: string): [Value, string];
}

/** In double quotes it is a JSON string. */
export function word(label: string, pattern = WORD): Argument<string> {
  return {
    label,
    take: (line) => {
      const [token] = pattern.exec(line) ?? [];
      if (token === undefined) throw new ScriptError(`${label} is missing`);
      const value = token.startsWith('"') ? parseJson(token) : undefined;
      return [typeof value === 'string' ? value : token, line.slice(token.length).trimStart()];
    },
  };
}

/** The rest of the line. */
export function text(label: string): Argument<string> {
  return word(label, /^.+/s);
}

export function optional<Value>({ label, take }: Argument<Value>): Argument<Value | undefined> {
  return { label: `[${label}]`, take: (line) => (line === '' ? [undefined, ''] : take(line)) };
}

/** A JSON object, to the end of the line. */
export const input = optional(
  parsed(text('JSON'), 'no JSON object', (json) => {
    const value = parseJson(json);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : undefined;
  }),
);

export const durationMs = quantity('DURATION', DURATION_MS, 'no duration such as 200ms or 3s');
export const dollars = parsed(word('USD'), 'no number', (given) =>
  Number(given) >= 0 ? Number(given) : undefined,
);

export function sizeBytes(label: string): Argument<number> {
  return quantity(label, SIZE_BYTES, 'no size such as 64KB or 100MB');
}

export function count(label: string): Argument<number> {
  return parsed(word(label), 'no whole number', (given) => (/^\d+$/.test(given) ? Number(given) : undefined));
}

export function oneOf<Choice extends string>(what: string, choices: readonly Choice[]): Argument<Choice> {
  const find = (given: string): Choice | undefined => choices.find((each) => each === given);
  return { ...parsed(word(what), `none of ${choices.join(', ')}`, find), label: choices.join('|') };
}

function quantity(label: string, units: Readonly<Record<string, number>>, problem: string): Argument<number> {
  return parsed(word(label), problem, (given) => {
    const [, amount, unit = ''] = /^(\d+(?:\.\d+)?)([a-zA-Z]+)$/.exec(given) ?? [];
    return Object.hasOwn(units, unit) ? Math.round(Number(amount) * units[unit]!) : undefined;
  });
}

function parsed<Value>(
  { label, take }: Argument<string>,
  problem: string,
  parse: (given: string) => Value | undefined,
): Argument<Value> {
  return {
    label,
    take: (line) => {
      const [given, rest] = take(line);
      const value = parse(given);
      if (value === undefined) throw new ScriptError(`${label} '${given}' is ${problem}`);
      return [value, rest];
    },
  };
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
