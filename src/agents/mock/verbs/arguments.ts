const DURATION_MS = { ms: 1, s: 1_000, m: 60_000 };
const SIZE_BYTES = { B: 1, KB: 1e3, MB: 1e6, GB: 1e9, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 };

/** A line of a script that can't be understood; the message names the argument. */
export class ScriptError extends Error {
  override readonly name = 'ScriptError';
}

/** The arguments of one verb, taken from the left. A text or word in double quotes is read as a JSON string. */
export class Arguments {
  #rest: string;

  constructor(rest: string) {
    this.#rest = rest.trim();
  }

  get isEmpty(): boolean {
    return this.#rest === '';
  }

  word(what: string): string {
    const [token] = /^(?:"(?:[^"\\]|\\.)*"|\S+)/.exec(this.#rest) ?? [];
    if (token === undefined) throw new ScriptError(`${what} is missing`);
    this.#rest = this.#rest.slice(token.length).trimStart();
    return unquote(token);
  }

  /** All that is left. */
  text(what: string): string {
    if (this.isEmpty) throw new ScriptError(`${what} is missing`);
    return unquote(this.#takeRest());
  }

  /** A JSON object, to the end of the line; an empty one when there is none. */
  object(what: string): Record<string, unknown> {
    const json = this.isEmpty ? '{}' : this.#takeRest();
    const value = parseJson(json);
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>;
    throw new ScriptError(`${what} '${json}' is no JSON object`);
  }

  /** In milliseconds. */
  duration(what: string): number {
    return this.#quantity(what, DURATION_MS, 'duration such as 200ms or 3s');
  }

  /** In bytes. */
  size(what: string): number {
    return this.#quantity(what, SIZE_BYTES, 'size such as 64KB or 100MB');
  }

  number(what: string): number {
    const word = this.word(what);
    const value = Number(word);
    return Number.isFinite(value) && value >= 0 ? value : fail(`${what} '${word}' is no number`);
  }

  count(what: string): number {
    const value = this.number(what);
    return Number.isInteger(value) ? value : fail(`${what} '${value}' is no whole number`);
  }

  oneOf<T extends string>(what: string, choices: readonly T[]): T {
    const word = this.word(what);
    return (
      choices.find((choice) => choice === word) ?? fail(`${what} '${word}' is none of ${choices.join(', ')}`)
    );
  }

  end(): void {
    if (!this.isEmpty) throw new ScriptError(`'${this.#rest}' is too much`);
  }

  #takeRest(): string {
    const rest = this.#rest;
    this.#rest = '';
    return rest;
  }

  #quantity(what: string, units: Record<string, number>, kind: string): number {
    const word = this.word(what);
    const [, amount, unit = ''] = /^(\d+(?:\.\d+)?)([a-zA-Z]+)$/.exec(word) ?? [];
    const factor = Object.hasOwn(units, unit) ? units[unit] : undefined;
    return factor === undefined
      ? fail(`${what} '${word}' is no ${kind}`)
      : Math.round(Number(amount) * factor);
  }
}

function unquote(token: string): string {
  const value = token.startsWith('"') ? parseJson(token) : undefined;
  return typeof value === 'string' ? value : token;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function fail(message: string): never {
  throw new ScriptError(message);
}
