/**
 * The words of a text as PostgreSQL keeps them, a tsvector that is made here: so what a word is does not depend on the
 * server's dictionaries, and a text has the words that it has in the embedded store (text/index-text.ts).
 */
import { findSingle } from '../search-words.ts';
import { toIndexCharacters, toIndexText, WordPlaces } from '../../text/index-text.ts';

/** Places go up to 16383 (https://www.postgresql.org/docs/current/textsearch-limitations.html). */
const STRETCH_WORDS = 16_000;
/** Phrases that lie over the end of a stretch are found too, if they are no longer than this. */
const OVERLAP_WORDS = 32;
/** In code units; a word has at most 2 KB. */
const LONGEST = 250;

const WORDS = /[\p{L}\p{N}\p{M}\p{Co}\u{40000}-\u{7FFFF}]+/gu;

/** A word without its marks, small. */
function fold(word: string): string {
  return word
    .normalize('NFD')
    .replaceAll(/\p{M}+/gu, '')
    .toLowerCase()
    .slice(0, LONGEST);
}

/** A word of a text, folded, and where in the text it is. */
export interface PlacedWord {
  word: string;
  from: number;
  to: number;
}

/** All words of a text, in order; `beginningTo` is where the first character of one ends that is of characters. */
export function placeWords(text: string): PlacedWord[] {
  const indexed = toIndexText(text);
  const places = indexed === text ? undefined : new WordPlaces(text);
  return Array.from(indexed.matchAll(WORDS), ({ 0: found, index }) => {
    const [from, to] = places?.range(index, index + found.length) ?? [index, index + found.length];
    return { word: fold(found), from, to };
  }).filter(({ word }) => word !== '');
}

/** The words of a text with their places, in stretches. Characters that are words have no place. */
export function toVectors(text: string): string[] {
  const words = Array.from(toIndexText(text).matchAll(WORDS), ([word]) => fold(word)).filter(
    (word) => word !== '',
  );
  const vectors: string[] = [];
  for (let start = 0; start < words.length; start += STRETCH_WORDS - OVERLAP_WORDS) {
    const places = new Map<string, number[]>();
    for (const [n, word] of words.slice(start, start + STRETCH_WORDS).entries()) {
      const known = places.get(word);
      if (known === undefined) places.set(word, [n + 1]);
      // More places of one word are not kept.
      else if (known.length < 255) known.push(n + 1);
    }
    const singles =
      start === 0
        ? toIndexCharacters(text)
            .split(' ')
            .filter((one) => one !== '')
        : [];
    vectors.push(
      [
        ...Array.from(places, ([word, at]) => `'${word}':${at.join(',')}`),
        ...singles.map((character) => `'=${character}'`),
      ].join(' '),
    );
    if (start + STRETCH_WORDS >= words.length) break;
  }
  return vectors;
}

/** The words of a phrase as `parseSearch` gives it, and whether the last one may go on. */
export function splitPhrase(phrase: string): { words: string[]; isOpen: boolean } {
  const isOpen = phrase.endsWith('*');
  const words = (isOpen ? phrase.slice(0, -1) : phrase).split(' ').map(fold);
  return { words: words.filter((word) => word !== ''), isOpen };
}

/** The condition as a tsquery. */
export function toQuery(phrases: readonly string[]): string {
  return phrases
    .map((phrase) => {
      if (findSingle(phrase) !== undefined) return `'=${phrase.slice(0, -1)}'`;
      const { words, isOpen } = splitPhrase(phrase);
      return `(${words.map((word, n) => `'${word}'${isOpen && n === words.length - 1 ? ':*' : ''}`).join(' <-> ')})`;
    })
    .join(' & ');
}
