import type { SessionSummary } from '../../model/model.ts';
import type { Reader } from './engine/connection.ts';
import { SUMMARY_COLUMNS, toSummary } from '../session-rows.ts';
import type { SessionFilter } from '../session-store.ts';
import { type Where, whereSessions } from '../where.ts';

/** By latest activity. Sessions with a time in the future, from a wrong clock, come last. */
export function listSessions(tx: Reader, filter: SessionFilter, now = Date.now()): SessionSummary[] {
  const list = (when: string, limit: number): { last_active_at: number }[] =>
    conditions(filter)
      .flatMap(({ sql, params }) =>
        tx.all<{ last_active_at: number }>(
          `SELECT ${SUMMARY_COLUMNS.join(', ')} FROM sessions ${sql} AND last_active_at ${when} ?
           ORDER BY last_active_at DESC, rowid DESC LIMIT ?`,
          [...params, now, limit],
        ),
      )
      .toSorted((a, b) => b.last_active_at - a.last_active_at)
      .slice(0, limit);
  const { limit = Number.MAX_SAFE_INTEGER } = filter;
  const past = list('<=', limit);
  return [...past, ...list('>', limit - past.length)].map(toSummary);
}

/** The number of sessions without the filter's limit. */
export function countSessions(tx: Reader, filter: SessionFilter): number {
  const counts = conditions(filter).map(
    ({ sql, params }) => tx.get<{ n: number }>(`SELECT count(*) AS n FROM sessions ${sql}`, params)?.n ?? 0,
  );
  return counts.reduce((sum, n) => sum + n, 0);
}

function conditions(filter: SessionFilter): Where[] {
  return whereSessions(filter).map((where) => {
    where
      .add('id IN (SELECT value FROM json_each(?))', filter.ids && JSON.stringify(filter.ids))
      .add(
        'id NOT IN (SELECT value FROM json_each(?))',
        filter.exceptIds && JSON.stringify(filter.exceptIds),
      );
    for (const [key, value] of Object.entries(filter.tags ?? {})) {
      const hasTag = `EXISTS (SELECT 1 FROM json_each(sessions.tags) AS tag WHERE tag.key = ?`;
      if (value === '') where.add(`${hasTag})`, key);
      else where.add(`${hasTag} AND tag.value = ?)`, key, value);
    }
    return where;
  });
}
