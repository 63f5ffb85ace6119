/**
 * Converts text to the form in which it is indexed and searched.
 *
 * FTS4 splits text into words at spaces. Chinese, Japanese and Thai have none, and FTS4 drops emoji. So in a run of
 * such characters, each character and the next one become a word; the last character is a word alone. `abc` is indexed
 * as `ab bc c`. Then two characters are one word, and more are a phrase. Each character that occurs is also indexed
 * once on its own. Phrases of single characters would be slow, because many messages contain each of them. So would
 * searches for words that begin with a character.
 *
 * A message is removed from the index by indexing its text again, so a text must always give the same form. That is why
 * the ranges are fixed numbers: Unicode properties change with the version of Node.
 */

/** Scripts without spaces between words, Korean (whose particles follow without one), and emoji with other symbols. */
const RUN = new RegExp(
  `[${[
    '\\u0E00-\\u109F', // Thai, Lao, Tibetan, Burmese
    '\\u1100-\\u11FF', // Hangul Jamo
    '\\u1780-\\u17FF\\u1950-\\u19FF\\u1A20-\\u1AAF\\u1B00-\\u1B7F', // Khmer, Tai, Balinese
    '\\u3005-\\u3007\\u3021-\\u303D\\u3040-\\u4DBF\\u4E00-\\uA4CF', // kana, Han, Yi
    '\\uA960-\\uA9FF\\uAA60-\\uAADF\\uAC00-\\uD7FF\\uF900-\\uFAFF',
    '\\u{16FE0}-\\u{18DFF}\\u{1AFF0}-\\u{1B2FF}\\u{20000}-\\u{3FFFF}',
    '\\xA9\\xAE\\u203C\\u2049\\u20E3\\u2122\\u2139\\u2190-\\u21FF\\u2300-\\u24FF\\u25A0-\\u27BF\\u2900-\\u297F\\u2B00-\\u2BFF',
    '\\u{1F000}-\\u{1FBFF}',
  ].join('')}]+`,
  'gu',
);
/** Compatibility forms of other characters: radicals of Han, presentation forms, full and half width. */
const COMPATIBLE = /[\u2E80-\u2FDF\uF900-\uFFEF]+/gu;
/**
 * Every version of SQLite treats the unassigned code points from here as letters. It would treat marks and emoji as
 * gaps between words.
 */
const SHIFT = 0x40000;
/** A character with the marks that may be composed with it. ASCII text matches in longer pieces. */
const UNIT = /[\0-\x7F]+(?![\p{M}\uFF9E\uFF9F])|[^][\p{M}\u1160-\u11FF\uD7B0-\uD7FF\uFF9E\uFF9F\u200D]*/gu;

/**
 * Gives equal results for texts that differ only in their Unicode form, the width of characters, or in how emoji are
 * drawn.
 */
export function normalise(text: string): string {
  return text
    .replaceAll(/[\uFE0E\uFE0F]/g, '')
    .replace(COMPATIBLE, (piece) => piece.normalize('NFKC'))
    .normalize('NFC');
}

/** Whether a text is indexed unchanged. */
export function isPlain(text: string): boolean {
  return !/[^\0-\x7F]/.test(text);
}

/** The index uses only the letters, digits and spaces of the result. */
export function toIndexText(text: string): string {
  return isPlain(text) ? text : normalise(text).replace(RUN, (run) => ` ${toPairs(run).join(' ')} `);
}

/** Lists the characters that are words on their own, each once. */
export function toIndexCharacters(text: string): string {
  if (isPlain(text)) return '';
  return [...new Set((normalise(text).match(RUN) ?? []).flatMap(shift))].join(' ');
}

function shift(run: string): string[] {
  return Array.from(run, (character) => String.fromCodePoint(character.codePointAt(0)! + SHIFT));
}

function toPairs(run: string): string[] {
  const shifted = shift(run);
  return shifted.map((character, n) => character + (shifted[n + 1] ?? ''));
}

/** The first character of a word of the index that has one or two such characters; undefined for a word of letters. */
export function findCharacter(word: string): string | undefined {
  const code = word.codePointAt(0)!;
  return code < SHIFT ? undefined : String.fromCodePoint(code - SHIFT);
}

/** Finds where the words of an indexed text are in the text itself. All positions are in UTF-16 units. */
export class WordPlaces {
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];

  constructor(text: string) {
    const [origins, ends] = mapNormalised(text);
    let place = 0;
    const normal = normalise(text);
    const keep = (to: number): void => {
      for (; place < to; place++) this.#add(1, origins[place]!, ends[place]!);
    };
    for (const { 0: run, index } of normal.matchAll(RUN)) {
      keep(index);
      const characters = [...run];
      this.#add(1, origins[index]!, origins[index]!);
      for (const [n, character] of characters.entries()) {
        const last = place + character.length + (characters[n + 1]?.length ?? 0) - 1;
        this.#add(2, origins[place]!, ends[place + character.length - 1]!);
        if (n + 1 < characters.length) this.#add(2, origins[place]!, ends[last]!);
        place += character.length;
        this.#add(1, ends[place - 1]!, ends[place - 1]!);
      }
    }
    keep(normal.length);
  }

  #add(length: number, start: number, end: number): void {
    for (let n = 0; n < length; n++) {
      this.#starts.push(start);
      this.#ends.push(end);
    }
  }

  /** The range of the text that belongs to a range of its indexed form. */
  range(from: number, to: number): [from: number, to: number] {
    return from < to ? [this.#starts[from]!, this.#ends[to - 1]!] : [0, 0];
  }
}

/** For each position in a normalised text, the start and the end of the original character. */
export function mapNormalised(text: string): [starts: number[], ends: number[]] {
  const starts: number[] = [];
  const ends: number[] = [];
  for (const { 0: unit, index } of text.matchAll(UNIT)) {
    const isAsIs = isPlain(unit);
    const { length } = isAsIs ? unit : normalise(unit);
    for (let n = 0; n < length; n++) {
      starts.push(isAsIs ? index + n : index);
      ends.push(index + (isAsIs ? n + 1 : unit.length));
    }
  }
  return [starts, ends];
}
