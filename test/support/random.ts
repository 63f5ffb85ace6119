/** A random generator with a seed, for tests with generated data. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** An integer from 0 to `bound` - 1. */
  below(bound: number): number {
    this.#state = (Math.imul(this.#state, 1664525) + 1013904223) >>> 0;
    return Math.floor((this.#state / 2 ** 32) * bound);
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)] as T;
  }

  /** Text of about `length` characters, with every kind of character that JSON and UTF-8 treat differently. */
  text(length: number): string {
    return Array.from({ length }, () => this.pick(CHARACTERS)).join('');
  }

  /** Cuts bytes into pieces of random length, down to one byte. */
  *cut(bytes: Buffer, longest: number): Generator<Buffer> {
    for (let at = 0; at < bytes.length;) {
      const end = Math.min(bytes.length, at + 1 + this.below(longest));
      yield bytes.subarray(at, end);
      at = end;
    }
  }
}

const CHARACTERS = [
  'a',
  'B',
  ' ',
  '"',
  '\\',
  '\n',
  '\u0000',
  '/',
  '{',
  'é',
  'ß',
  '日',
  '…',
  '🙂',
  '𝒳',
  '\ud83d',
  '\udc00',
  'u',
];
