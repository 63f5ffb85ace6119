import type { Approval } from '../../model/approval.ts';
import type { Turn } from '../../model/model.ts';
import type { SessionTitle, TitleQuery } from '../titles.ts';
import { Where } from '../where.ts';
import { openApprovals } from './approvals.ts';
import { Database } from './database.ts';
import { KNOWN_VERSION, readVersion } from './migrate.ts';
import { openTurns } from './turns.ts';

/** How the store in a database is; the counts are from the sums that each session keeps. */
export interface DatabaseReport {
  /** Of our tables and their indexes. */
  bytes: number;
  schema: number;
  knownSchema: number;
  sessions: number;
  turns: number;
  messages: number;
  /** Of the server. */
  server: string;
}

/** Undefined where our tables are not there yet. Throws STORE_UNREADABLE or STORE_NEWER. */
export async function inspectDatabase(url: string): Promise<DatabaseReport | undefined> {
  return await withDatabase(url, async (db) => {
    const schema = await readVersion(db);
    if (schema === 0) return undefined;
    const counts = await db.read((tx) =>
      tx.get<Omit<DatabaseReport, 'schema' | 'knownSchema'>>(
        `SELECT count(*) AS sessions, coalesce(sum(turn_count), 0) AS turns, coalesce(sum(message_count), 0) AS messages,
           current_setting('server_version') AS server, (SELECT sum(pg_total_relation_size(oid)) FROM pg_class
             WHERE relkind = 'r' AND relnamespace = (SELECT relnamespace FROM pg_class WHERE oid = 'sessions'::regclass)) AS bytes
         FROM sessions`,
      ),
    );
    return { ...counts!, schema, knownSchema: KNOWN_VERSION };
  });
}

/** The turns that have not ended; undefined where an older or newer program than this one has to tell. */
export async function readOpenTurns(url: string): Promise<Turn[] | undefined> {
  return await withDatabase(url, async (db) => {
    const version = await readVersion(db);
    if (version === 0) return [];
    return version === KNOWN_VERSION ? await db.read((tx) => openTurns(tx)) : undefined;
  });
}

/** Sessions to choose from, newest activity first; see the embedded store's. One look, without another try. */
export async function readTitles(url: string, { prefix, trash, limit }: TitleQuery): Promise<SessionTitle[]> {
  return await withDatabase(
    url,
    (db) =>
      db.read((tx) => {
        const { sql, params } = new Where()
          .add(`trashed_at ${trash === 'live' ? 'IS NULL' : 'IS NOT NULL'}`)
          .add('(starts_with(id, ?) OR starts_with(name, ?))', prefix, prefix);
        return tx.all<SessionTitle>(
          `SELECT id, name, root, study, last_active_at FROM sessions ${sql}
           ORDER BY last_active_at > ?, last_active_at DESC LIMIT ?`,
          [...params, Date.now(), limit],
        );
      }),
    0,
  );
}

/** The approvals that wait for an answer, oldest first. One look, as for titles. */
export async function readApprovals(url: string): Promise<Approval[]> {
  return await withDatabase(url, (db) => db.read((tx) => openApprovals(tx)), 0);
}

async function withDatabase<T>(url: string, work: (db: Database) => Promise<T>, retryMs = 2000): Promise<T> {
  const db = new Database(url, { retryMs });
  try {
    return await work(db);
  } finally {
    await db.close();
  }
}
