import { existsSync } from 'node:fs';
import { openDatabase } from './engine/database.ts';
import type { DatabaseOptions } from './engine/database.ts';
import { latestVersion, readHeader } from './engine/header.ts';
import type { SessionTitle, TitleQuery } from '../titles.ts';
import { SCHEMA } from './schema.ts';

/**
 * Sessions to choose from, newest activity first. Never creates or updates a store: an older one has nothing to show.
 *
 * Takes as long whatever the store holds: by prefix, at most `limit` ids and `limit` names are looked at.
 */
export async function readTitles(
  path: string,
  query: TitleQuery,
  options: Omit<DatabaseOptions, 'access'> = {},
): Promise<SessionTitle[]> {
  if (!existsSync(path) || readHeader(path)?.userVersion !== latestVersion(SCHEMA)) return [];
  const database = await openDatabase(path, SCHEMA, { ...options, access: 'read' });
  try {
    const { prefix, limit } = query;
    const beyond = `${prefix}\u{10ffff}`;
    const from = `FROM sessions WHERE trashed_at ${query.trash === 'live' ? 'IS NULL' : 'IS NOT NULL'}`;
    const columns = 'SELECT id, name, root, study, last_active_at';
    const found = await database.read((tx) =>
      prefix === ''
        ? tx.all<SessionTitle>(`${columns} ${from} ORDER BY last_active_at DESC LIMIT ?`, [limit])
        : [
            ...tx.all<SessionTitle>(`${columns} ${from} AND id >= ? AND id < ? LIMIT ?`, [
              prefix,
              beyond,
              limit,
            ]),
            ...tx.all<SessionTitle>(`${columns} ${from} AND name >= ? AND name < ? LIMIT ?`, [
              prefix,
              beyond,
              limit,
            ]),
          ],
    );
    const unique = [...new Map(found.map((title) => [title.id, title])).values()];
    const now = Date.now();
    const isAhead = (title: SessionTitle): number => Number(title.last_active_at > now);
    return unique
      .toSorted((a, b) => isAhead(a) - isAhead(b) || b.last_active_at - a.last_active_at)
      .slice(0, limit);
  } finally {
    await database.close();
  }
}
