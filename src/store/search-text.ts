/**
 * Text in the form in which it is indexed and looked for.
 *
 * FTS4 splits text into words at spaces. Chinese, Japanese and Thai have none, and emoji are no words to it. So each
 * character of such a script becomes a word of its own, and what is looked for becomes a phrase of such words.
 *
 * A message is taken out of the index by indexing its text again, so a text must always have the same form. That is why
 * the ranges are fixed numbers: Unicode properties grow with the version of Node.
 */

/** Scripts without spaces between words, Korean (whose particles follow without one), and emoji with other symbols. */
const ALONE = new RegExp(
  `[${[
    '\\u0E00-\\u109F', // Thai, Lao, Tibetan, Burmese
    '\\u1100-\\u11FF', // Hangul Jamo
    '\\u1780-\\u17FF\\u1950-\\u19FF\\u1A20-\\u1AAF\\u1B00-\\u1B7F', // Khmer, Tai, Balinese
    '\\u3005-\\u3007\\u3021-\\u303D\\u3040-\\u4DBF\\u4E00-\\uA4CF', // kana, Han, Yi
    '\\uA960-\\uA9FF\\uAA60-\\uAADF\\uAC00-\\uD7FF\\uF900-\\uFAFF',
    '\\u{16FE0}-\\u{18DFF}\\u{1AFF0}-\\u{1B2FF}\\u{20000}-\\u{3FFFF}',
    '\\xA9\\xAE\\u203C\\u2049\\u20E3\\u2122\\u2139\\u2190-\\u21FF\\u2300-\\u24FF\\u25A0-\\u27BF\\u2900-\\u297F\\u2B00-\\u2BFF',
    '\\u{1F000}-\\u{1FBFF}',
  ].join('')}]`,
  'gu',
);
/** Forms of other characters: radicals of Han, presentation forms, full and half width. */
const COMPATIBLE = /[\u2E80-\u2FDF\uF900-\uFFEF]+/gu;
/** To every SQLite these unassigned code points are letters. It would take marks and emoji for gaps between words. */
const SHIFT = 0x40000;
/** A character with what may be composed with it. Plain text is taken in longer pieces. */
const UNIT = /[\0-\x7F]+(?![\p{M}\uFF9E\uFF9F])|[^][\p{M}\u1160-\u11FF\uD7B0-\uD7FF\uFF9E\uFF9F\u200D]*/gu;

/** Equal for texts that differ only in their Unicode form or in the width of characters. */
export function normalise(text: string): string {
  return text.replace(COMPATIBLE, (piece) => piece.normalize('NFKC')).normalize('NFC');
}

/** Whether a text is indexed as it is. */
export function isPlain(text: string): boolean {
  return !/[^\0-\x7F]/.test(text);
}

/** Only letters, digits and spaces of the result count. */
export function toIndexText(text: string): string {
  if (isPlain(text)) return text;
  return normalise(text).replace(
    ALONE,
    (character) => ` ${String.fromCodePoint(character.codePointAt(0)! + SHIFT)} `,
  );
}

/** The ranges of a text that became these ranges of its `toIndexText`; both are in order and in UTF-16 units. */
export function* toOriginalRanges(
  text: string,
  ranges: readonly (readonly [from: number, to: number])[],
): Generator<[from: number, to: number]> {
  let n = 0;
  let from: number | undefined;
  let indexed = 0;
  for (const { 0: unit, index } of text.matchAll(UNIT)) {
    const isPlainUnit = isPlain(unit);
    const end = indexed + (isPlainUnit ? unit.length : toIndexText(unit).length);
    for (;;) {
      const range = ranges[n];
      if (range === undefined) return;
      from ??= range[0] < end ? index + (isPlainUnit ? range[0] - indexed : 0) : undefined;
      if (from === undefined || range[1] > end) break;
      yield [from, index + (isPlainUnit ? range[1] - indexed : unit.length)];
      from = undefined;
      n++;
    }
    indexed = end;
  }
}
