import { statSync } from 'node:fs';
import type { Turn } from '../../model/model.ts';
import { FileLock } from '../../system/lock.ts';
import { damaged, notOurs } from './engine/failure.ts';
import { checkSchema, latestVersion, readHeader } from './engine/header.ts';
import { SCHEMA } from './schema.ts';
import { readSnapshot } from './engine/snapshot.ts';
import { SEALED_JOURNAL } from './engine/seal.ts';
import { openTurns } from './turns.ts';

/** Larger stores are not read through: it would take minutes. */
const CHECK_AT_MOST_BYTES = 256 * 1024 * 1024;

const NOTHING = { sessions: 0, turns: 0, messages: 0, freeBytes: 0 };
/** From the sums that each session keeps. */
const COUNTS = `SELECT count(*) AS sessions, coalesce(sum(turn_count), 0) AS turns,
  coalesce(sum(message_count), 0) AS messages FROM sessions`;

/** How a store's file is. */
export interface StoreReport {
  bytes: number;
  /** The version of its schema, and of the one that this program writes. */
  schema: number;
  knownSchema: number;
  sessions: number;
  turns: number;
  messages: number;
  /** In pages that hold nothing; `gc --vacuum` returns them. */
  freeBytes: number;
  /** Of an unfinished transaction; 0 when there is none. */
  journalBytes: number;
  /** Who holds its lock (see system/owner.ts), '' when that is not known, undefined when nobody does. */
  holder: string | undefined;
  /** What SQLite's own check found; null when it was not asked for, or the file is too large. */
  problems: string[] | null;
}

/**
 * Looks a store through without a lock, so that nobody waits, and without a trace. Undefined when there is none.
 *
 * Throws STORE_UNREADABLE, STORE_CORRUPT, STORE_NEWER or STORE_BUSY.
 */
export async function inspectStore(
  path: string,
  options: { isChecked: boolean },
): Promise<StoreReport | undefined> {
  const file = statSync(path, { throwIfNoEntry: false });
  if (file === undefined) return undefined;
  if (!file.isFile()) throw notOurs(path, 'is not a file');
  const holder = new FileLock(`${path}.lock`).holder();
  const journalBytes = statSync(path + SEALED_JOURNAL, { throwIfNoEntry: false })?.size ?? 0;
  const found = { bytes: file.size, knownSchema: latestVersion(SCHEMA), journalBytes, holder };
  const header = readHeader(path);
  if (header === undefined) throw damaged(path, 'it is empty');
  if (!header.isSqlite) throw notOurs(path, 'is not a session store');
  const schema = checkSchema(path, header, SCHEMA);
  const isSmall = options.isChecked && file.size <= CHECK_AT_MOST_BYTES;
  const { counts, problems } = await readSnapshot(
    path,
    (db) => ({
      counts: db.get<typeof NOTHING>(COUNTS) ?? NOTHING,
      problems: isSmall ? db.all<{ quick_check: string }>('PRAGMA quick_check(5)') : null,
    }),
    { isSealed: true },
  );
  return {
    ...found,
    ...counts,
    freeBytes: header.freePages * header.pageSize,
    schema,
    problems: problems?.map((row) => row.quick_check).filter((words) => words !== 'ok') ?? null,
  };
}

/** The turns that have not ended; undefined where an older or newer program than this one has to tell. */
export async function readOpenTurns(path: string): Promise<Turn[] | undefined> {
  const file = statSync(path, { throwIfNoEntry: false });
  if (file === undefined) return [];
  if (!file.isFile()) return undefined;
  if (readHeader(path)?.userVersion !== latestVersion(SCHEMA)) return undefined;
  return await readSnapshot(path, (db) => openTurns(db), { isSealed: true });
}
