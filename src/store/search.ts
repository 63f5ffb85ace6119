/**
 * Finding messages by their words, through the full-text index that migrations.ts sets up.
 *
 * Relevance is judged among the newest hits only, so that a word that every message has costs no more than a rare one.
 */
import type { Role } from '../model/model.ts';
import type { Reader } from './connection.ts';
import { relevance } from './search-rank.ts';
import { parseSearch, toMatch } from './search-words.ts';
import { readSnippet } from './search-snippet.ts';
import type { Snippet } from './search-snippet.ts';
import { Where } from './where.ts';

export interface MessageSearch {
  /** As a person typed it; see `parseSearch`. */
  text: string;
  sessionId?: string | undefined;
  role?: Role | undefined;
  since?: number | undefined;
  /** Only messages before this time. */
  until?: number | undefined;
  /** Only messages with a smaller id. */
  before?: number | undefined;
  limit: number;
  /** `best`: the most relevant first, of equal ones the newest. */
  order: 'best' | 'newest';
  /** Words of context around the first match. */
  snippetWords?: number;
}

export interface SearchHit extends Snippet {
  messageId: number;
  turnId: number;
  sessionId: string;
  sessionName: string | null;
  role: Role;
  createdAt: number;
  /** Grows with relevance; only to be compared within one search. */
  score: number;
}

/** Messages of live sessions that hold all the words. */
export interface SearchResult {
  hits: SearchHit[];
  /** Whether there are more than the limit let through. */
  isCut: boolean;
}

interface FoundRow {
  docid: number;
  id: number;
  turn_id: number;
  session_id: string;
  name: string | null;
  role: Role;
  created_at: number;
  info: Uint8Array;
}

/** Among so many of the newest hits the best are chosen. */
const CONSIDERED = 2000;
/** A document's id is its message's in the lower 40 bits. */
const MESSAGE_BITS = '1099511627775';

export function searchMessages(tx: Reader, search: MessageSearch): SearchResult {
  const phrases = parseSearch(search.text);
  if (phrases.length === 0) return { hits: [], isCut: false };
  const match = toMatch(phrases, search.sessionId);
  const rows = [...find(tx, match, search, 'docid > 0'), ...find(tx, match, search, 'docid < 0')];
  const best = new Map<number, FoundRow & { score: number }>();
  for (const row of rows) {
    const score = relevance(row.info, phrases.length);
    if ((best.get(row.id)?.score ?? -1) < score) best.set(row.id, { ...row, score });
  }
  const sorted = [...best.values()].toSorted(
    (a, b) => (search.order === 'best' ? b.score - a.score : 0) || b.id - a.id,
  );
  const hits = sorted.slice(0, search.limit).map((row) => ({
    messageId: row.id,
    turnId: row.turn_id,
    sessionId: row.session_id,
    sessionName: row.name,
    role: row.role,
    createdAt: row.created_at,
    score: row.score,
    ...readSnippet(tx, match, row.docid, search.snippetWords ?? 24),
  }));
  return { hits, isCut: sorted.length > search.limit };
}

/** First parts and later parts are asked for apart: each kind comes newest first. */
function find(tx: Reader, match: string, search: MessageSearch, kind: 'docid > 0' | 'docid < 0'): FoundRow[] {
  const isFirst = kind === 'docid > 0';
  const where = new Where()
    .add('message_index.content MATCH ?', match)
    .add(`message_index.${kind}`)
    .add(isFirst ? 'message_index.docid < ?' : 'messages.id < ?', search.before)
    .add('message_index.docid & 1 = ?', search.role && Number(search.role === 'assistant'))
    .add('messages.created_at >= ?', search.since)
    .add('messages.created_at < ?', search.until)
    .add('sessions.trashed_at IS NULL');
  return tx.all<FoundRow>(
    `SELECT message_index.docid, messages.id, messages.turn_id, messages.session_id, sessions.name, messages.role,
       messages.created_at, matchinfo(message_index, 'pcnalx') AS info
     FROM message_index
       CROSS JOIN messages ON messages.id = (message_index.docid & ${MESSAGE_BITS})
       CROSS JOIN sessions ON sessions.id = messages.session_id
     ${where.sql} LIMIT ?`,
    [...where.params, search.order === 'best' ? CONSIDERED : isFirst ? search.limit + 1 : CONSIDERED],
  );
}

/** Finding messages. */
export interface SearchStore {
  searchMessages(search: MessageSearch): Promise<SearchResult>;
  /** Messages with smaller ids are not indexed yet; 0 when all are. */
  unindexedBelow(): Promise<number>;
  /** Indexes some more of those messages, from newest to oldest; resolves to what is then `unindexedBelow`. */
  indexMore(): Promise<number>;
}
