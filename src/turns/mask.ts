/** What stands in the place of a secret. */
export const MASK = '[redacted]';

/** Secrets of up to this many characters are found wherever they are in a text that comes in pieces. */
const LONGEST = 16 * 1024;
/** What looks like a longer one is waited for until here, and then masked as far as it goes. */
const MOST_HELD = 4 * LONGEST;
/** Of what went out already, so much still counts as what stands before a secret. */
const CONTEXT = 256;

/**
 * Masks secrets in a text that comes in pieces, in flat memory: the end of what has come is held back as long as a secret
 * could lie across it.
 */
export class Mask {
  readonly #patterns: readonly RegExp[];
  #before = '';
  #held = '';
  #worthALook = 2 * LONGEST;
  /** Characters of the original that went out, and how many more (or fewer) came out for them. */
  #out = 0;
  #shift = 0;
  /** From these places in the original on, what came out is shifted so much. */
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

  /** Takes back the last characters of what is held. */
  drop(length: number): void {
    this.#held = this.#held.slice(0, Math.max(this.#held.length - length, 0));
  }

  /** What surely can go out, in large pieces: '' until it is worth looking. */
  takeSafe(): string {
    if (this.#held.length < this.#worthALook) return '';
    const out = this.take(this.#held.length - LONGEST);
    this.#worthALook = this.#held.length + LONGEST;
    return out;
  }

  /** All that is held. */
  takeAll(): string {
    return this.take(this.#held.length);
  }

  /** At most the first `length` characters of what is held; fewer if a secret begins there and goes on behind. */
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
        if (text.length - from <= MOST_HELD) {
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

  /** Where in what came out a place of the original is. */
  toMasked(offset: number): number {
    return offset + (this.#shifts.findLast(({ from }) => from <= offset)?.by ?? 0);
  }
}

/** Masks texts as if they were one; a secret that lies across several is told in the first of them. */
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

/** Where the patterns match (but for a group `before`), in order and apart from each other. */
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
