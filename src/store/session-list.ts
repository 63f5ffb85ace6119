import { sql } from 'kysely';
import type { Session } from '../core/model.ts';
import type { Reader, SqlValue } from './connection.ts';
import { queries } from './dialect.ts';
import { type SessionRow, toSession } from './rows.ts';
import type { SessionFilter } from './store.ts';

/** Newest activity first. */
export function listSessions(tx: Reader, filter: SessionFilter): Session[] {
  const found = statesOf(filter).flatMap((state) => {
    let query = sessionsIn(state, filter)
      .selectAll()
      .orderBy('last_active_at', 'desc')
      .orderBy('rowid', 'desc');
    if (filter.limit !== undefined) query = query.limit(filter.limit);
    const { sql: text, parameters } = query.compile();
    return tx.all<SessionRow>(text, parameters as SqlValue[]).map(toSession);
  });
  return found.toSorted((a, b) => b.lastActiveAt - a.lastActiveAt).slice(0, filter.limit);
}

/** How many there are, whatever the filter's limit. */
export function countSessions(tx: Reader, filter: SessionFilter): number {
  const counts = statesOf(filter).map((state) => {
    const { sql: text, parameters } = sessionsIn(state, filter)
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .compile();
    return tx.get<{ count: number }>(text, parameters as SqlValue[])?.count ?? 0;
  });
  return counts.reduce((sum, count) => sum + count, 0);
}

/** Live and trashed sessions are asked for apart: each has an index in order of activity. */
function statesOf(filter: SessionFilter): ('live' | 'trashed')[] {
  return filter.trash === 'all' ? ['live', 'trashed'] : [filter.trash ?? 'live'];
}

function sessionsIn(state: 'live' | 'trashed', filter: SessionFilter) {
  let query = queries.selectFrom('sessions').where('trashed_at', state === 'live' ? 'is' : 'is not', null);
  if (filter.root !== undefined) query = query.where('root', '=', filter.root);
  if (filter.mode !== undefined) query = query.where('mode', '=', filter.mode as Session['mode']);
  if (filter.study !== undefined) query = query.where('study', '=', filter.study);
  if (filter.activeSince !== undefined) query = query.where('last_active_at', '>=', filter.activeSince);
  for (const [key, value] of Object.entries(filter.tags ?? {})) query = query.where(hasTag(key, value));
  return query;
}

function hasTag(key: string, value: string) {
  const matches = value === '' ? sql`` : sql` AND tag.value = ${value}`;
  return sql<boolean>`EXISTS (SELECT 1 FROM json_each(sessions.tags) AS tag WHERE tag.key = ${key}${matches})`;
}
