import { findCharacter, normalise, toIndexText } from '../text/index-text.ts';

/** At most this many words are looked for. Further words would hardly narrow the search. */
const MOST_WORDS = 32;

/**
 * What a person typed, as the phrases that must all occur: each word, or several words in double quotes.
 *
 * Nothing in it is an operator but a `*` behind a word, for words that begin so. Quotes without an end, punctuation and
 * whatever else an index can't hold are passed over, so no text is a bad query. None are left of a text without words.
 */
export function parseSearch(text: string): string[] {
  const phrases = [...normalise(text).matchAll(/"([^"]*)"(\*?)|[^\s"]+/gu)].map(([whole, quoted, star]) =>
    cleanPhrase(quoted === undefined ? whole : quoted + star),
  );
  return [...new Set(phrases)]
    .filter((phrase) => /[\p{L}\p{N}\u{40000}-\u{7FFFF}]/u.test(phrase))
    .slice(0, MOST_WORDS);
}

/** Words apart by one space, and a star only at the end. */
function cleanPhrase(text: string): string {
  const words = toIndexText(text).match(/[\p{L}\p{N}\p{M}\p{Co}\u{40000}-\u{7FFFF}]+/gu) ?? [];
  const last = words.at(-1);
  if (last === undefined) return '';
  if (findCharacter(last) === undefined) return words.join(' ') + (text.endsWith('*') ? '*' : '');
  // The last character may go on with any other: it is in the word before it already, or is how a word begins.
  const isInWordBefore = words.at(-2)?.length === 2 * last.length && words.at(-2)!.endsWith(last);
  return isInWordBefore ? words.slice(0, -1).join(' ') : `${words.join(' ')}*`;
}

/** The character, if a phrase is of only one. */
export function findSingle(phrase: string): string | undefined {
  return phrase.length === 3 && phrase.endsWith('*') ? findCharacter(phrase) : undefined;
}
