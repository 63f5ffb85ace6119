import type { SessionSummary } from '../../model/model.ts';
import { SUMMARY_COLUMNS, toSummary } from '../session-rows.ts';
import type { SessionFilter } from '../session-store.ts';
import { type Where, whereSessions } from '../where.ts';
import type { Reader } from './connection.ts';

/** By latest activity. Sessions with a time in the future, from a wrong clock, come last. */
export async function listSessions(
  tx: Reader,
  filter: SessionFilter,
  now = Date.now(),
): Promise<SessionSummary[]> {
  const list = async (when: string, limit: number): Promise<{ last_active_at: number }[]> => {
    const found: { last_active_at: number }[] = [];
    for (const { sql, params } of conditions(filter))
      found.push(
        ...(await tx.all<{ last_active_at: number }>(
          `SELECT ${SUMMARY_COLUMNS.join(', ')} FROM sessions ${sql} AND last_active_at ${when} ?
           ORDER BY last_active_at DESC, seq DESC LIMIT ?`,
          [...params, now, limit],
        )),
      );
    return found.toSorted((a, b) => b.last_active_at - a.last_active_at).slice(0, limit);
  };
  const { limit = Number.MAX_SAFE_INTEGER } = filter;
  const past = await list('<=', limit);
  return [...past, ...(await list('>', limit - past.length))].map(toSummary);
}

/** The number of sessions without the filter's limit. */
export async function countSessions(tx: Reader, filter: SessionFilter): Promise<number> {
  let sum = 0;
  for (const { sql, params } of conditions(filter))
    sum += (await tx.get<{ n: number }>(`SELECT count(*) AS n FROM sessions ${sql}`, params))?.n ?? 0;
  return sum;
}

function conditions(filter: SessionFilter): Where[] {
  return whereSessions(filter).map((where) => {
    where
      .add(IN_LIST, filter.ids && JSON.stringify(filter.ids))
      .add(`NOT ${IN_LIST}`, filter.exceptIds && JSON.stringify(filter.exceptIds));
    for (const [key, value] of Object.entries(filter.tags ?? {}))
      if (value === '') where.add('jsonb_exists(tags::jsonb, ?)', key);
      else where.add('tags::jsonb ->> ? = ?', key, value);
    return where;
  });
}

/** Whether the id is in a JSON list. */
export const IN_LIST = 'id = ANY (SELECT jsonb_array_elements_text(?::jsonb))';
