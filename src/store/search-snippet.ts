import type { Reader } from './connection.ts';

/** A stretch of a message around what was found. */
export interface Snippet {
  snippet: string;
  /** Where in it the words are, as UTF-16 ranges. */
  matches: [from: number, to: number][];
}

/** Noncharacters: no text is meant to hold them (Unicode 23.7). */
const OPEN = '\uFDD0';
const CLOSE = '\uFDD1';

/** The best stretch of one document; `match` is the condition that found it. */
export function readSnippet(tx: Reader, match: string, docid: number, words: number): Snippet {
  const row = tx.get<{ marked: string }>(
    `SELECT snippet(message_index, '${OPEN}', '${CLOSE}', '…', 0, ?) AS marked
     FROM message_index WHERE message_index.content MATCH ? AND docid = ?`,
    [Math.min(words, 64), match, docid],
  );
  return takeMarks(row?.marked ?? '');
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
