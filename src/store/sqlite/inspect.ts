import { statSync } from 'node:fs';
import type { Turn } from '../../model/model.ts';
import { FileLock } from '../../system/lock.ts';
import { damaged, notOurs } from './engine/failure.ts';
import { checkSchema, latestVersion, readHeader } from './engine/header.ts';
import { SCHEMA } from './schema.ts';
import { readSnapshot } from './engine/snapshot.ts';
import { SEALED_JOURNAL } from './engine/seal.ts';
import { openTurns } from './turns.ts';

/** Larger stores are not checked, because that would take minutes. */
const CHECK_AT_MOST_BYTES = 256 * 1024 * 1024;

const NOTHING = { sessions: 0, turns: 0, messages: 0, freeBytes: 0 };
/** Uses the sums that are stored with each session. */
const COUNTS = `SELECT count(*) AS sessions, coalesce(sum(turn_count), 0) AS turns,
  coalesce(sum(message_count), 0) AS messages FROM sessions`;

/** The state of a store's file. */
export interface StoreReport {
  bytes: number;
  /** The version of its schema, and the version that this program writes. */
  schema: number;
  knownSchema: number;
  sessions: number;
  turns: number;
  messages: number;
  /** The size of unused pages; `gc --vacuum` frees them. */
  freeBytes: number;
  /** The size of the journal of an unfinished transaction; 0 when there is none. */
  journalBytes: number;
  /** The holder of its lock (see system/owner.ts); '' when it is not known, undefined when there is none. */
  holder: string | undefined;
  /** What SQLite's own check found; null when it was not requested, or the file is too large. */
  problems: string[] | null;
}

/**
 * Inspects a store without a lock, so that nobody waits, and without changing anything. Returns undefined when there is
 * none.
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

/** Reads the turns that have not ended. Returns undefined where the schema is of an older or newer program. */
export async function readOpenTurns(path: string): Promise<Turn[] | undefined> {
  const file = statSync(path, { throwIfNoEntry: false });
  if (file === undefined) return [];
  if (!file.isFile()) return undefined;
  if (readHeader(path)?.userVersion !== latestVersion(SCHEMA)) return undefined;
  return await readSnapshot(path, (db) => openTurns(db), { isSealed: true });
}
