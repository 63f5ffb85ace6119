/**
 * Finds messages by their words, with the full-text index of schema.ts.
 *
 * Only the newest hits are ranked, so that a frequent word takes no more time than a rare one.
 */
import type { Reader } from './engine/connection.ts';
import { rarity, relevance } from './search-rank.ts';
import { type HitRow, toHit } from '../rows.ts';
import { parseSearch } from '../search-words.ts';
import { toMatch } from './search-match.ts';
import { LATER_PARTS, readSnippets } from './search-snippet.ts';
import { Where } from '../where.ts';
import type { MessageSearch, SearchResult } from '../message-store.ts';

interface FoundRow extends HitRow {
  docid: number;
  info: Uint8Array;
}

/** How many of the newest hits are ranked. */
const CONSIDERED = 2000;
/** How many of the newest messages with a word are counted to estimate how many have it. */
const COUNTED = 200;

export function searchMessages(tx: Reader, search: MessageSearch): SearchResult {
  const phrases = parseSearch(search.text);
  if (phrases.length === 0) return { hits: [], isCut: false };
  const match = toMatch(phrases, search.sessionId);
  const rows = [...find(tx, match, search, 'first'), ...find(tx, match, search, 'later')];
  const best = new Map<number, FoundRow & { score: number }>();
  const rarities = phrases.map((phrase) => (phrases.length === 1 ? 1 : estimateRarity(tx, phrase)));
  for (const row of rows) {
    const score = relevance(row.info, rarities);
    if ((best.get(row.id)?.score ?? -1) < score) best.set(row.id, { ...row, score });
  }
  const sorted = [...best.values()].toSorted(
    (a, b) => (search.order === 'best' ? b.score - a.score : 0) || b.id - a.id,
  );
  const shown = sorted.slice(0, search.limit);
  const snippets = readSnippets(
    tx,
    phrases,
    search.sessionId,
    shown.map(({ docid }) => docid),
    search.snippetWords ?? 24,
  );
  const hits = shown.map((row) => toHit(row, snippets.get(row.docid)!));
  return { hits, isCut: sorted.length > search.limit };
}

/** Estimates the rarity from the newest messages with the phrase. */
function estimateRarity(tx: Reader, phrase: string): number {
  const { newest } = tx.get<{ newest: number }>('SELECT max(id) AS newest FROM messages')!;
  const { holders, oldest } = tx.get<{ holders: number; oldest: number }>(
    `SELECT count(*) AS holders, min(docid) AS oldest FROM
       (SELECT docid FROM message_index WHERE message_index.content MATCH ? AND docid < ${LATER_PARTS} LIMIT ${COUNTED})`,
    [toMatch([phrase])],
  )!;
  return rarity(holders < COUNTED ? holders : (holders * newest) / (newest - oldest + 1), newest);
}

/** First parts and later parts are queried separately, because only then each comes newest first. */
function find(tx: Reader, match: string, search: MessageSearch, kind: 'first' | 'later'): FoundRow[] {
  const isFirst = kind === 'first';
  const where = new Where()
    .add('message_index.content MATCH ?', match)
    .add(`message_index.docid ${isFirst ? '<' : '>='} ${LATER_PARTS}`)
    .add(isFirst ? 'message_index.docid < ?' : 'messages.id < ?', search.before)
    .add('message_index.docid & 1 = ?', search.role && Number(search.role === 'assistant'))
    .add('messages.created_at >= ?', search.since)
    .add('messages.created_at < ?', search.until)
    .add('sessions.trashed_at IS NULL');
  return tx.all<FoundRow>(
    `SELECT message_index.docid, messages.id, messages.turn_id, messages.session_id, sessions.name, messages.role,
       messages.created_at, matchinfo(message_index, 'caly') AS info
     FROM message_index
       CROSS JOIN messages ON messages.id = (message_index.docid % ${LATER_PARTS})
       CROSS JOIN sessions ON sessions.id = messages.session_id
     ${where.sql} LIMIT ?`,
    [...where.params, search.order === 'best' ? CONSIDERED : isFirst ? search.limit + 1 : CONSIDERED],
  );
}
