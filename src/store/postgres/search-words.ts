/**
 * Makes the tsvector of a text. PostgreSQL's own conversion is not used, so that words do not depend on the server's
 * dictionaries and are the same as in the embedded store (text/index-text.ts).
 */
import { findSingle } from '../search-words.ts';
import { toIndexCharacters, toIndexText, WordPlaces } from '../../text/index-text.ts';

/** Positions go up to 16383 (https://www.postgresql.org/docs/current/textsearch-limitations.html). */
const STRETCH_WORDS = 16_000;
/** Sections overlap by this many words, so that phrases up to this length are found across their ends. */
const OVERLAP_WORDS = 32;
/** In code units. PostgreSQL's limit of a word is 2 KB. */
const LONGEST = 250;

const WORDS = /[\p{L}\p{N}\p{M}\p{Co}\u{40000}-\u{7FFFF}]+/gu;

/** A word in lower case, without its diacritics. */
function fold(word: string): string {
  return word
    .normalize('NFD')
    .replaceAll(/\p{M}+/gu, '')
    .toLowerCase()
    .slice(0, LONGEST);
}

/** A folded word of a text, and its range in the text. */
export interface PlacedWord {
  word: string;
  from: number;
  to: number;
}

/**
 * All words of a text, in order. `beginningTo` is the end of a word's first character, in scripts where each character
 * is a word.
 */
export function placeWords(text: string): PlacedWord[] {
  const indexed = toIndexText(text);
  const places = indexed === text ? undefined : new WordPlaces(text);
  return Array.from(indexed.matchAll(WORDS), ({ 0: found, index }) => {
    const [from, to] = places?.range(index, index + found.length) ?? [index, index + found.length];
    return { word: fold(found), from, to };
  }).filter(({ word }) => word !== '');
}

/** The words of a text with their positions, in sections. Words that are single characters have no position. */
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
      // PostgreSQL keeps no more positions of one word.
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

/** The words of a phrase from `parseSearch`, and whether the last one is a prefix. */
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
