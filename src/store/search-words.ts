import { findCharacter, normalise, toIndexText } from '../text/index-text.ts';
import type { Snippet } from './message-store.ts';

/** At most this many words are looked for. Further words would hardly narrow the search. */
const MAX_WORDS = 32;

/**
 * Parses a query to the phrases that must all occur: each word, or several words in double quotes.
 *
 * The only operator is `*` after a word, for words that begin with it. Quotes without an end, punctuation and anything
 * else that an index can't contain are ignored, so every text is a valid query. A text without words gives no phrases.
 */
export function parseSearch(text: string): string[] {
  const phrases = [...normalise(text).matchAll(/"([^"]*)"(\*?)|[^\s"]+/gu)].map(([whole, quoted, star]) =>
    cleanPhrase(quoted === undefined ? whole : quoted + star),
  );
  return [...new Set(phrases)]
    .filter((phrase) => /[\p{L}\p{N}\u{40000}-\u{7FFFF}]/u.test(phrase))
    .slice(0, MAX_WORDS);
}

/** Separates words by one space, and keeps a star only at the end. */
function cleanPhrase(text: string): string {
  const words = toIndexText(text).match(/[\p{L}\p{N}\p{M}\p{Co}\u{40000}-\u{7FFFF}]+/gu) ?? [];
  const last = words.at(-1);
  if (last === undefined) return '';
  if (findCharacter(last) === undefined) return words.join(' ') + (text.endsWith('*') ? '*' : '');
  // Any character may follow the last one. It is in the previous word already, or it is the beginning of a word.
  const isInWordBefore = words.at(-2)?.length === 2 * last.length && words.at(-2)!.endsWith(last);
  return isInWordBefore ? words.slice(0, -1).join(' ') : `${words.join(' ')}*`;
}

/** The character of a phrase that has only one. */
export function findSingle(phrase: string): string | undefined {
  return phrase.length === 3 && phrase.endsWith('*') ? findCharacter(phrase) : undefined;
}

/** Sorts ranges, and joins those that overlap or touch. */
export function joinRanges(ranges: Snippet['matches']): Snippet['matches'] {
  const joined: Snippet['matches'] = [];
  for (const [from, to] of ranges.toSorted(([a], [b]) => a - b)) {
    const last = joined.at(-1);
    if (last !== undefined && last[1] >= from) last[1] = Math.max(last[1], to);
    else joined.push([from, to]);
  }
  return joined;
}
