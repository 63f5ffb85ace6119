/** Replaces a secret. */
export const MASK = '[redacted]';

/** Secrets up to this many characters are found at any position of a text that comes in pieces. */
const LONGEST = 16 * 1024;
/** A possible longer secret is held up to this length, and then masked so far. */
const MAX_HELD = 4 * LONGEST;
/** How much of the text before is kept as context for patterns. */
const CONTEXT = 256;

/**
 * Masks secrets in a text that comes in pieces, in constant memory. The end of the text is held back while a secret
 * could continue.
 */
export class Mask {
  readonly #patterns: readonly RegExp[];
  #before = '';
  #held = '';
  #worthALook = 2 * LONGEST;
  /** The characters of the original that were returned, and how many more (or fewer) they are when masked. */
  #out = 0;
  #shift = 0;
  /** From each position `from` of the original, the masked text is shifted by `by`. */
  readonly #shifts: { from: number; by: number }[] = [];

  constructor(patterns: readonly RegExp[]) {
    this.#patterns = patterns;
  }

  get held(): string {
    return this.#held;
  }

  add(text: string): void {
    this.#held += text;
  }

  /** Discards the last characters of what is held. */
  drop(length: number): void {
    this.#held = this.#held.slice(0, Math.max(this.#held.length - length, 0));
  }

  /** Returns what can be printed safely, in large pieces; '' until there is enough text to search. */
  takeSafe(): string {
    if (this.#held.length < this.#worthALook) return '';
    const out = this.take(this.#held.length - LONGEST);
    this.#worthALook = this.#held.length + LONGEST;
    return out;
  }

  /** Returns everything that is held. */
  takeAll(): string {
    return this.take(this.#held.length);
  }

  /** Returns at most the first `length` characters of what is held; fewer when a secret spans that position. */
  take(length: number): string {
    if (length <= 0) return '';
    const text = this.#before + this.#held;
    const start = this.#before.length;
    let end = start + length;
    let at = start;
    let out = '';
    for (const [from, to] of findAll(text, this.#patterns)) {
      if (to <= start) continue;
      if (from >= end) break;
      if (to > end) {
        if (text.length - from <= MAX_HELD) {
          end = Math.max(from, start);
          break;
        }
        end = to;
      }
      out += text.slice(at, Math.max(from, at)) + MASK;
      this.#shift += MASK.length - (to - Math.max(from, at));
      at = to;
      this.#shifts.push({ from: this.#out + to - start, by: this.#shift });
    }
    out += text.slice(at, end);
    this.#out += end - start;
    this.#before = text.slice(Math.max(0, end - CONTEXT), end);
    this.#held = text.slice(end);
    return out;
  }

  /** Maps a position of the original to the masked text. */
  toMasked(offset: number): number {
    return offset + (this.#shifts.findLast(({ from }) => from <= offset)?.by ?? 0);
  }
}

/** Masks texts as if they were one. A secret that spans several is replaced in the first of them. */
export function maskTogether(texts: readonly string[], patterns: readonly RegExp[]): string[] {
  const found = findAll(texts.join(''), patterns);
  let start = 0;
  return texts.map((text) => {
    const end = start + text.length;
    let out = '';
    let at = start;
    for (const [from, to] of found) {
      if (to <= start || from >= end) continue;
      out += text.slice(at - start, Math.max(from, start) - start) + (from >= start ? MASK : '');
      at = Math.min(to, end);
    }
    out += text.slice(at - start);
    start = end;
    return out;
  });
}

/** The ranges where the patterns match (without their group `before`), in order and not overlapping. */
function findAll(text: string, patterns: readonly RegExp[]): [from: number, to: number][] {
  const found = patterns.flatMap((pattern) =>
    [...text.matchAll(pattern)].map(({ index, groups, 0: { length } }): [number, number] => [
      index + (groups?.['before']?.length ?? 0),
      index + length,
    ]),
  );
  const joined: [number, number][] = [];
  for (const [from, to] of found.filter(([a, b]) => b > a).toSorted(([a], [b]) => a - b)) {
    const last = joined.at(-1);
    if (last === undefined || from >= last[1]) joined.push([from, to]);
    else last[1] = Math.max(last[1], to);
  }
  return joined;
}
