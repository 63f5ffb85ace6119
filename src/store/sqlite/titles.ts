import type { SessionTitle, TitleQuery } from '../titles.ts';
import type { Reader } from './engine/connection.ts';

/**
 * Sessions for shell completion, by latest activity.
 *
 * The time does not depend on the size of the store: at most `limit` ids and `limit` names are read.
 */
export function readTitles(tx: Reader, { prefix, trash, limit }: TitleQuery): SessionTitle[] {
  const from = `FROM sessions WHERE trashed_at ${trash === 'live' ? 'IS NULL' : 'IS NOT NULL'}`;
  const columns = 'SELECT id, name, root, study, last_active_at';
  const beginning = (column: string): SessionTitle[] =>
    tx.all<SessionTitle>(`${columns} ${from} AND ${column} >= ? AND ${column} < ? LIMIT ?`, [
      prefix,
      `${prefix}\u{10ffff}`,
      limit,
    ]);
  const found =
    prefix === ''
      ? tx.all<SessionTitle>(`${columns} ${from} ORDER BY last_active_at DESC LIMIT ?`, [limit])
      : [...beginning('id'), ...beginning('name')];
  const unique = [...new Map(found.map((title) => [title.id, title])).values()];
  const now = Date.now();
  const isAhead = (title: SessionTitle): number => Number(title.last_active_at > now);
  return unique
    .toSorted((a, b) => isAhead(a) - isAhead(b) || b.last_active_at - a.last_active_at)
    .slice(0, limit);
}
