import type { Reader } from './connection.ts';
import { readPart } from './contents.ts';
import { isPlain, toIndexText, WordPlaces } from './search-text.ts';

/** A document is a part of a message; its id is the message's, and this times the number of the part. */
export const LATER_PARTS = 2 ** 40;

/** A stretch of a message around what was found. */
export interface Snippet {
  snippet: string;
  /** Where in it the words are, as UTF-16 ranges. */
  matches: [from: number, to: number][];
}

/** Noncharacters: no text is meant to hold them (Unicode 23.7). */
const OPEN = '\uFDD0';
const CLOSE = '\uFDD1';
const GAP = '\uFDD2';

/** The best stretch of each of these documents, all of which `match` found: in one pass, as it takes long to get at one. */
export function readSnippets(
  tx: Reader,
  match: string,
  documents: readonly number[],
  words: number,
): Map<number, Snippet> {
  const rows = [
    documents.filter((id) => id < LATER_PARTS),
    documents.filter((id) => id >= LATER_PARTS),
  ].flatMap((ids) =>
    ids.length === 0
      ? []
      : tx.all<{ docid: number; marked: string }>(
          `SELECT docid, snippet(message_index, '${OPEN}', '${CLOSE}', '${GAP}', 0, ?) AS marked
           FROM message_index WHERE message_index.content MATCH ? AND docid BETWEEN ? AND ?
             AND +docid IN (SELECT value FROM json_each(?))`,
          // Characters that are words of their own are many.
          [
            Math.min(isPlain(match) ? words : 3 * words, 64),
            match,
            Math.min(...ids),
            Math.max(...ids),
            JSON.stringify(ids),
          ],
        ),
  );
  const singles = new Set([...match.matchAll(/([\u{40000}-\u{7FFFF}])\*/gu)].map(([, single]) => single!));
  return new Map(rows.map(({ docid, marked }) => [docid, unmark(tx, docid, marked, singles)]));
}

function unmark(tx: Reader, docid: number, marked: string, singles: ReadonlySet<string>): Snippet {
  const pieces = marked.split(GAP).map(takeMarks);
  const isAsIs = pieces.every(({ snippet }) => isPlain(snippet));
  const text = isAsIs ? undefined : readDocument(tx, docid);
  const joined: Snippet = { snippet: '', matches: [] };
  for (const [index, piece] of pieces.entries()) {
    const { snippet, matches } = text === undefined ? piece : toOriginal(text, piece, singles);
    if (index > 0) joined.snippet += '…';
    for (const [from, to] of matches)
      joined.matches.push([joined.snippet.length + from, joined.snippet.length + to]);
    joined.snippet += snippet;
  }
  return joined;
}

/** The text of a document, of which `message_texts` has the indexed form. */
function readDocument(tx: Reader, docid: number): string | undefined {
  return readPart(tx, docid % LATER_PARTS, Math.floor(docid / LATER_PARTS));
}

/** The text without the marks, and where they were. */
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
 * A stretch of a text's indexed form as it is in the text itself; of matches that overlap or touch one is made.
 * Where a word was found by its first character alone, only that is the match.
 */
function toOriginal(text: string, { snippet, matches }: Snippet, singles: ReadonlySet<string>): Snippet {
  const places = new WordPlaces(text);
  const at = Math.max(toIndexText(text).indexOf(snippet), 0);
  const [start, end] = places.range(at, at + snippet.length);
  const merged: Snippet['matches'] = [];
  for (const match of matches) {
    const first = snippet.slice(match[0], match[0] + 2);
    const [from, to] = places.range(at + match[0], at + (singles.has(first) ? match[0] + 2 : match[1]));
    const last = merged.at(-1);
    if (last !== undefined && last[1] >= from - start) last[1] = Math.max(last[1], to - start);
    else merged.push([from - start, to - start]);
  }
  return { snippet: text.slice(start, end), matches: merged };
}
