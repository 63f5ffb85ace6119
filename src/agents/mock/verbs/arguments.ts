const DURATION_MS = { ms: 1, s: 1_000, m: 60_000 };
const SIZE_BYTES = { B: 1, KB: 1e3, MB: 1e6, GB: 1e9 };

/** A line of a script that can't be understood; the message names the argument. */
export class ScriptError extends Error {
  override readonly name = 'ScriptError';
}

/** One argument of a verb: how it is called, and how its value is taken from the left of what is left of the line. */
export interface Argument<Value> {
  label: string;
  take(line: Line): Value;
}

/** What is left of a line. A text or word in double quotes is read as a JSON string. */
export class Line {
  rest: string;

  constructor(given: string) {
    this.rest = given.trim();
  }

  word(label: string): string {
    return this.#take(/^(?:"(?:[^"\\]|\\.)*"|\S+)/, label);
  }

  all(label: string): string {
    return this.#take(/^.+/s, label);
  }

  #take(pattern: RegExp, label: string): string {
    const [token] = pattern.exec(this.rest) ?? [];
    if (token === undefined) throw new ScriptError(`${label} is missing`);
    this.rest = this.rest.slice(token.length).trimStart();
    const value = token.startsWith('"') ? parseJson(token) : undefined;
    return typeof value === 'string' ? value : token;
  }
}

export function word(label: string): Argument<string> {
  return { label, take: (line) => line.word(label) };
}

/** All that is left of the line. */
export function text(label: string): Argument<string> {
  return { label, take: (line) => line.all(label) };
}

/** A JSON object, to the end of the line; an empty one when there is none. */
export const input: Argument<Record<string, unknown>> = {
  label: '[JSON]',
  take: (line) => {
    const json = line.rest === '' ? '{}' : line.all('JSON');
    const value = parseJson(json);
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw new ScriptError(`JSON '${json}' is no JSON object`);
    return value as Record<string, unknown>;
  },
};

export const durationMs = quantity('DURATION', DURATION_MS, 'duration such as 200ms or 3s');
export const dollars: Argument<number> = parsed('USD', 'number', Number);

export function sizeBytes(label: string): Argument<number> {
  return quantity(label, SIZE_BYTES, 'size such as 64KB or 100MB');
}

export function count(label: string): Argument<number> {
  return parsed(label, 'whole number', (given) => (/^\d+$/.test(given) ? Number(given) : NaN));
}

export function oneOf<Choice extends string>(what: string, choices: readonly Choice[]): Argument<Choice> {
  return {
    label: choices.join('|'),
    take: (line) => {
      const given = line.word(what);
      const choice = choices.find((each) => each === given);
      if (choice !== undefined) return choice;
      throw new ScriptError(`${what} '${given}' is none of ${choices.join(', ')}`);
    },
  };
}

export function optional<Value>({ label, take }: Argument<Value>): Argument<Value | undefined> {
  return { label: `[${label}]`, take: (line) => (line.rest === '' ? undefined : take(line)) };
}

/** As many as there are. */
export function several<Value>({ label, take }: Argument<Value>): Argument<Value[]> {
  return {
    label: `[${label}]…`,
    take: (line) => {
      const values: Value[] = [];
      while (line.rest !== '') values.push(take(line));
      return values;
    },
  };
}

function quantity(label: string, units: Readonly<Record<string, number>>, kind: string): Argument<number> {
  return parsed(label, kind, (given) => {
    const [, amount, unit = ''] = /^(\d+(?:\.\d+)?)([a-zA-Z]+)$/.exec(given) ?? [];
    return Math.round(Number(amount) * (Object.hasOwn(units, unit) ? units[unit]! : NaN));
  });
}

function parsed(label: string, kind: string, parse: (given: string) => number): Argument<number> {
  return {
    label,
    take: (line) => {
      const given = line.word(label);
      const value = parse(given);
      if (value >= 0) return value;
      throw new ScriptError(`${label} '${given}' is no ${kind}`);
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
