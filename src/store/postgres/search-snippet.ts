import { findCharacter } from '../../text/index-text.ts';
import type { Snippet } from '../message-store.ts';
import { joinRanges } from '../search-words.ts';
import { type PlacedWord, placeWords, splitPhrase } from './search-words.ts';

/** In scripts where each character is a word, a snippet has more words. */
const CHARACTERS_A_WORD = 3;
/** The limit of marked matches of one phrase. */
const MAX_PLACES = 200;

/** A match of a phrase: words `first` to `last` of the text. */
interface Place {
  phrase: number;
  first: number;
  last: number;
  from: number;
  to: number;
}

/** The first section of `words` words that contains the most phrases. */
export function cutSnippet(text: string, phrases: readonly string[], words: number): Snippet {
  const placed = placeWords(text);
  const places = phrases
    .flatMap((phrase, n) => findPhrase(placed, phrase, n))
    .toSorted((a, b) => a.first - b.first);
  const isOfCharacters = places.some(({ first }) => findCharacter(placed[first]!.word) !== undefined);
  const length = Math.min(isOfCharacters ? CHARACTERS_A_WORD * words : words, 64);
  const [start, end] = chooseStretch(places, length, placed.length);
  const from = start === 0 ? 0 : (placed[start]?.from ?? 0);
  const to = end >= placed.length ? text.length : placed[end - 1]!.to;
  const offset = from > 0 ? 1 : 0;
  return {
    snippet: `${from > 0 ? '…' : ''}${text.slice(from, to)}${to < text.length ? '…' : ''}`,
    matches: joinRanges(
      places
        .filter((place) => place.from >= from && place.to <= to)
        .map((place) => [place.from - from + offset, place.to - from + offset]),
    ),
  };
}

/** Chooses the range of words. */
function chooseStretch(places: readonly Place[], length: number, all: number): [start: number, end: number] {
  let best = 0;
  let bestCount = 0;
  for (const { first } of places) {
    const count = new Set(
      places
        .filter((place) => place.first >= first && place.last < first + length)
        .map(({ phrase }) => phrase),
    ).size;
    if (count > bestCount) [best, bestCount] = [first, count];
  }
  // Begins some words before the first match, if the section keeps its length.
  const end = Math.min(Math.max(best - (bestCount > 1 ? 0 : Math.floor(length / 4)), 0) + length, all);
  return [Math.max(end - length, 0), end];
}

function findPhrase(placed: readonly PlacedWord[], phrase: string, n: number): Place[] {
  const { words, isOpen } = splitPhrase(phrase);
  const found: Place[] = [];
  for (let first = 0; first + words.length <= placed.length; first++) {
    const isHere = words.every((word, index) => {
      const here = placed[first + index]!.word;
      return isOpen && index === words.length - 1 ? here.startsWith(word) : here === word;
    });
    if (!isHere) continue;
    const last = first + words.length - 1;
    const { from } = placed[first]!;
    const to =
      isOpen && findCharacter(placed[last]!.word) !== undefined
        ? endOfFirst(placed[last]!)
        : placed[last]!.to;
    found.push({ phrase: n, first, last, from, to });
    if (found.length === MAX_PLACES) break;
  }
  return found;
}

/** The end of the first of the two characters of a word. */
function endOfFirst({ word, from, to }: PlacedWord): number {
  return [...word].length === 1 ? to : from + Math.ceil((to - from) / 2);
}
