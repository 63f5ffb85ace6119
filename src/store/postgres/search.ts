/** Finds messages by their words. */
import type { MessageSearch, SearchResult } from '../message-store.ts';
import { type HitRow, toHit } from '../rows.ts';
import { parseSearch } from '../search-words.ts';
import { Where } from '../where.ts';
import type { Reader } from './connection.ts';
import { readPart } from './contents.ts';
import { toQuery } from './search-words.ts';
import { cutSnippet } from './search-snippet.ts';

/** How many of the newest hits are ranked. */
const CONSIDERED = 2000;
/** The normalization of ts_rank by the length of a message. */
const BY_LENGTH = 1;

interface FoundRow extends HitRow {
  part: number;
  score: number;
}

export async function searchMessages(tx: Reader, search: MessageSearch): Promise<SearchResult> {
  const phrases = parseSearch(search.text);
  if (phrases.length === 0) return { hits: [], isCut: false };
  const query = toQuery(phrases);
  const where = new Where()
    .add('message_words.words @@ ?::tsquery', query)
    .add('messages.id < ?', search.before)
    .add('messages.role = ?', search.role)
    .add('messages.session_id = ?', search.sessionId)
    .add('messages.created_at >= ?', search.since)
    .add('messages.created_at < ?', search.until)
    .add('sessions.trashed_at IS NULL');
  const isBest = search.order === 'best';
  // Each message is represented by its most relevant part.
  const rows = await tx.all<FoundRow>(
    `SELECT * FROM (SELECT DISTINCT ON (found.id) * FROM (
       SELECT messages.id, message_words.part, messages.turn_id, messages.session_id, sessions.name, messages.role,
         messages.created_at, ts_rank(message_words.words, ?::tsquery, ${BY_LENGTH})::float8 AS score
       FROM message_words JOIN messages ON messages.id = message_words.message_id
         JOIN sessions ON sessions.id = messages.session_id
       ${where.sql} ORDER BY messages.id DESC LIMIT ?) AS found
     ORDER BY found.id DESC, found.score DESC) AS hits
     ORDER BY ${isBest ? 'score DESC, ' : ''}id DESC LIMIT ?`,
    [query, ...where.params, CONSIDERED, search.limit + 1],
  );
  const hits: SearchResult['hits'] = [];
  for (const row of rows.slice(0, search.limit)) {
    const text = (await readPart(tx, row.id, row.part)) ?? '';
    hits.push(toHit(row, cutSnippet(text, phrases, search.snippetWords ?? 24)));
  }
  return { hits, isCut: rows.length > search.limit };
}
