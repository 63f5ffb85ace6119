import { SessionError } from '../errors.ts';
import type { Role } from '../model/model.ts';
import type { SearchRecord } from '../model/records.ts';
import { toTime } from '../model/to-record.ts';
import type { SearchHit } from '../store/message-store.ts';
import type { Context } from './context.ts';

export const DEFAULT_LIMIT = 20;

/** The options of a search. Times are milliseconds since 1970. */
export interface SearchRequest {
  /** Only in this session. */
  session?: string | undefined;
  role?: Role | undefined;
  since?: number | undefined;
  until?: number | undefined;
  /** At most this many; default 20. */
  limit?: number | undefined;
  /** The default is `best`, the most relevant first. */
  order?: 'best' | 'newest' | undefined;
  /** Words of context around the first match; default 24. */
  snippetWords?: number | undefined;
}

/** Messages with all the words of a query, and whether there are more. Throws USAGE for a query without words. */
export async function searchMessages(
  context: Context,
  query: string,
  request: SearchRequest,
): Promise<{ records: SearchRecord[]; isCut: boolean }> {
  if (query.trim() === '') throw new SessionError('USAGE', 'Name the words to look for.');
  const { session: selector, limit = DEFAULT_LIMIT, order = 'best', snippetWords = 24, ...rest } = request;
  const session = selector === undefined ? undefined : await context.select(selector, 'read');
  const store = await context.store('read');
  const { hits, isCut } = await store.messages.search({
    text: query,
    sessionId: session?.id,
    role: rest.role,
    since: rest.since,
    until: rest.until,
    limit,
    order,
    snippetWords,
  });
  return { records: hits.map(toSearchRecord), isCut };
}

function toSearchRecord(hit: SearchHit): SearchRecord {
  return {
    session_id: hit.sessionId,
    session_name: hit.sessionName,
    message_id: hit.messageId,
    turn_id: hit.turnId,
    role: hit.role,
    created_at: toTime(hit.createdAt),
    snippet: hit.snippet,
    matches: hit.matches,
    score: Math.round(hit.score * 1e6) / 1e6,
  };
}
