/**
 * Text in the form in which it is indexed and looked for.
 *
 * FTS4 splits text into words at spaces. Chinese, Japanese and Thai have none, and emoji are no words to it. So of a run
 * of such characters each one becomes a word together with the next, the last one alone: `abc` is indexed as `ab bc c`.
 * Two characters are then one word, and more are a phrase. Each character that occurs is indexed on its own as well, once.
 * Phrases of single characters would take long, as many messages hold each of them, and so would beginnings of pairs.
 *
 * A message is taken out of the index by indexing its text again, so a text must always have the same form. That is why
 * the ranges are fixed numbers: Unicode properties grow with the version of Node.
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
/** Forms of other characters: radicals of Han, presentation forms, full and half width. */
const COMPATIBLE = /[\u2E80-\u2FDF\uF900-\uFFEF]+/gu;
/** To every SQLite these unassigned code points are letters. It would take marks and emoji for gaps between words. */
const SHIFT = 0x40000;
/** A character with what may be composed with it. Plain text is taken in longer pieces. */
const UNIT = /[\0-\x7F]+(?![\p{M}\uFF9E\uFF9F])|[^][\p{M}\u1160-\u11FF\uD7B0-\uD7FF\uFF9E\uFF9F\u200D]*/gu;

/** Equal for texts that differ only in their Unicode form, the width of characters, or in how emoji are to be drawn. */
export function normalise(text: string): string {
  return text
    .replaceAll(/[\uFE0E\uFE0F]/g, '')
    .replace(COMPATIBLE, (piece) => piece.normalize('NFKC'))
    .normalize('NFC');
}

/** Whether a text is indexed as it is. */
export function isPlain(text: string): boolean {
  return !/[^\0-\x7F]/.test(text);
}

/** Only letters, digits and spaces of the result count. */
export function toIndexText(text: string): string {
  return isPlain(text) ? text : normalise(text).replace(RUN, (run) => ` ${toPairs(run).join(' ')} `);
}

/** Each of the characters that are words, once. */
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

/** The first character, if a word of the index is of one or two characters; undefined if it is of letters. */
export function findCharacter(word: string): string | undefined {
  const code = word.codePointAt(0)!;
  return code < SHIFT ? undefined : String.fromCodePoint(code - SHIFT);
}

/** Where the words of an indexed text are in the text itself; all in UTF-16 units. */
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

  /** The range of the text that a range of its indexed form is made of. */
  range(from: number, to: number): [from: number, to: number] {
    return from < to ? [this.#starts[from]!, this.#ends[to - 1]!] : [0, 0];
  }
}

/** For each place of a normalised text, from where to where the character was that it is of. */
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
