import type { Reader } from './engine/connection.ts';
import { readPart } from './contents.ts';
import { isPlain, mapNormalised, normalise, toIndexText, WordPlaces } from '../../text/index-text.ts';
import { findSingle, joinRanges } from '../search-words.ts';
import { toMatch } from './search-match.ts';
import type { Snippet } from '../message-store.ts';

/** Each part of a message is a document, with the id of the message plus this times the number of the part. */
export const LATER_PARTS = 2 ** 40;

/** Noncharacters, which texts don't contain (Unicode 23.7). */
const OPEN = '\uFDD0';
const CLOSE = '\uFDD1';
const GAP = '\uFDD2';
const CHARACTERS_A_WORD = 3;

/** The best snippet of each of these documents, which all contain all phrases. */
export function readSnippets(
  tx: Reader,
  phrases: readonly string[],
  sessionId: string | undefined,
  documents: readonly number[],
  words: number,
): Map<number, Snippet> {
  const singles = phrases.map(findSingle).filter((single) => single !== undefined);
  const others = phrases.filter((phrase) => findSingle(phrase) === undefined);
  const found =
    others.length === 0
      ? documents.map((id) => [id, cutAround(readDocument(tx, id) ?? '', singles, words)] as const)
      : readMarked(tx, toMatch(others, sessionId), documents, words);
  return new Map(found.map(([id, snippet]) => [id, markSingles(snippet, singles)]));
}

/** Reads all in one pass, because reading a document by its id is slow. */
function readMarked(
  tx: Reader,
  match: string,
  documents: readonly number[],
  words: number,
): [docid: number, snippet: Snippet][] {
  const beginnings = new Set([...match.matchAll(/([\u{40000}-\u{7FFFF}])\*/gu)].map(([, single]) => single!));
  // In scripts where each character is a word, a snippet has more words.
  const length = Math.min(isPlain(match) ? words : CHARACTERS_A_WORD * words, 64);
  return [documents.filter((id) => id < LATER_PARTS), documents.filter((id) => id >= LATER_PARTS)]
    .filter((ids) => ids.length > 0)
    .flatMap((ids) =>
      tx.all<{ docid: number; marked: string }>(
        `SELECT docid, snippet(message_index, '${OPEN}', '${CLOSE}', '${GAP}', 0, ?) AS marked
         FROM message_index WHERE message_index.content MATCH ? AND docid BETWEEN ? AND ?
           AND +docid IN (SELECT value FROM json_each(?))`,
        [length, match, Math.min(...ids), Math.max(...ids), JSON.stringify(ids)],
      ),
    )
    .map(({ docid, marked }) => [docid, unmark(tx, docid, marked, beginnings)]);
}

/** Cuts the text around the first of the characters. */
function cutAround(text: string, characters: readonly string[], words: number): Snippet {
  const normal = normalise(text);
  const [starts, ends] = mapNormalised(text);
  const place = Math.min(...characters.map((character) => normal.indexOf(character)));
  const length = CHARACTERS_A_WORD * words;
  const first = Math.max(0, place - Math.floor(length / 3));
  const last = Math.min(first + length, ends.length) - 1;
  const cut = text.slice(starts[first], ends[last]);
  return {
    snippet: `${first > 0 ? '…' : ''}${cut}${last + 1 < ends.length ? '…' : ''}`,
    matches: [],
  };
}

function markSingles({ snippet, matches }: Snippet, characters: readonly string[]): Snippet {
  if (characters.length === 0) return { snippet, matches };
  const normal = normalise(snippet);
  const [starts, ends] = mapNormalised(snippet);
  const all = [...matches];
  for (const character of characters)
    for (let at = normal.indexOf(character); at >= 0; at = normal.indexOf(character, at + character.length))
      all.push([starts[at]!, ends[at]!]);
  return { snippet, matches: joinRanges(all.toSorted(([a], [b]) => a - b)) };
}

function unmark(tx: Reader, docid: number, marked: string, beginnings: ReadonlySet<string>): Snippet {
  const pieces = marked.split(GAP).map(takeMarks);
  const isAsIs = pieces.every(({ snippet }) => isPlain(snippet));
  const text = isAsIs ? undefined : readDocument(tx, docid);
  const joined: Snippet = { snippet: '', matches: [] };
  for (const [index, piece] of pieces.entries()) {
    const { snippet, matches } = text === undefined ? piece : toOriginal(text, piece, beginnings);
    if (index > 0) joined.snippet += '…';
    for (const [from, to] of matches)
      joined.matches.push([joined.snippet.length + from, joined.snippet.length + to]);
    joined.snippet += snippet;
  }
  return joined;
}

/** The text of a document. `message_texts` contains the indexed form. */
function readDocument(tx: Reader, docid: number): string | undefined {
  return readPart(tx, docid % LATER_PARTS, Math.floor(docid / LATER_PARTS));
}

/** The text without the marks, and their positions. */
function takeMarks(marked: string): Snippet {
  const matches: Snippet['matches'] = [];
  let snippet = '';
  let from: number | undefined;
  for (const piece of marked.split(/([\uFDD0\uFDD1])/u)) {
    if (piece === OPEN) from = snippet.length;
    else if (piece !== CLOSE) snippet += piece;
    else if (from !== undefined) {
      matches.push([from, snippet.length]);
      from = undefined;
    }
  }
  return { snippet, matches };
}

/**
 * Maps a snippet of a text's indexed form to the text itself, and joins matches that overlap or touch. When a word was
 * found only by its first character, the match is that character.
 */
function toOriginal(text: string, { snippet, matches }: Snippet, beginnings: ReadonlySet<string>): Snippet {
  const places = new WordPlaces(text);
  const at = Math.max(toIndexText(text).indexOf(snippet), 0);
  const [start, end] = places.range(at, at + snippet.length);
  const ranges = matches.map(([from, to]): [number, number] => {
    const isBeginning = beginnings.has(snippet.slice(from, from + 2));
    const [first, last] = places.range(at + from, at + (isBeginning ? from + 2 : to));
    return [first - start, last - start];
  });
  return { snippet: text.slice(start, end), matches: joinRanges(ranges) };
}
