import type { Approval } from '../../model/approval.ts';
import type { Turn } from '../../model/model.ts';
import type { SessionTitle, TitleQuery } from '../titles.ts';
import { Where } from '../where.ts';
import { openApprovals } from './approvals.ts';
import { Database } from './database.ts';
import { KNOWN_VERSION, readVersion } from './migrate.ts';
import { openTurns } from './turns.ts';

/** The state of the store in a database. Counts are from the sums that are stored with each session. */
export interface DatabaseReport {
  /** The size of our tables and their indexes. */
  bytes: number;
  schema: number;
  knownSchema: number;
  sessions: number;
  turns: number;
  messages: number;
  /** The version of the server. */
  server: string;
}

/** Inspects the store. Undefined when our tables don't exist. Throws STORE_UNREADABLE or STORE_NEWER. */
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

/** The turns that have not ended; undefined when the schema is of an older or newer program. */
export async function readOpenTurns(url: string): Promise<Turn[] | undefined> {
  return await withDatabase(url, async (db) => {
    const version = await readVersion(db);
    if (version === 0) return [];
    return version === KNOWN_VERSION ? await db.read((tx) => openTurns(tx)) : undefined;
  });
}

/** Sessions for shell completion, by latest activity (see store/sqlite/titles.ts). Does not retry. */
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

/** The approvals that wait for an answer, oldest first. Does not retry. */
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
