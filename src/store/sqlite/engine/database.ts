import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Reader, Writer } from './connection.ts';
import { explainFailure, needsUpgrade, noAccess, notOurs } from './failure.ts';
import { checkSchema, latestVersion } from './header.ts';
import type { Schema } from './header.ts';
import { LockedDatabase } from './locked-database.ts';
import { readSnapshot, type SnapshotOptions } from './snapshot.ts';

/**
 * Runs transactions on the store's file.
 *
 * The work is synchronous: no other code of this process runs during it, and the lock is never held over an `await`.
 */
export interface Database {
  /** May run the work more than once. */
  read<T>(work: (tx: Reader) => T): Promise<T>;
  /** Does all of the work or nothing. It is on disk when this resolves. */
  write<T>(work: (tx: Writer) => T): Promise<T>;
  /**
   * Runs a script that frees pages, then rewrites the file without its free pages. Returns how many bytes shorter it
   * is. Other processes wait meanwhile.
   */
  vacuum(first?: string): Promise<number>;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  /** With `read`, nothing is created: a missing file is an empty store, and the directory needs no write access. */
  access: 'read' | 'write';
  /**
   * How long to wait for other processes; by default five minutes. The wait for a single process that is stuck is at
   * most 30 s.
   */
  timeoutMs?: number;
}

/**
 * Opens the store's file and brings its schema up to date. Throws STORE_UNREADABLE, _CORRUPT, _NEWER, _FULL or _BUSY.
 */
export async function openDatabase(
  path: string,
  schema: Schema,
  options: DatabaseOptions,
): Promise<Database> {
  const { access, timeoutMs = 300_000 } = options;
  try {
    const file = statSync(path, { throwIfNoEntry: false });
    if (file === undefined && access === 'read') return emptyDatabase(path);
    if (file === undefined) mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    else if (!file.isFile()) throw notOurs(path, 'is not a file');
  } catch (error) {
    throw explainFailure(path, error);
  }
  const database = new LockedDatabase(path, { access, timeoutMs, schema });
  try {
    await database.bringUpToDate();
    return database;
  } catch (error) {
    if (access === 'write' || !database.isLockRefused) throw error;
    return snapshotDatabase(path, { timeoutMs }, schema);
  }
}

function emptyDatabase(path: string): Database {
  return {
    read: async (work) => work({ all: () => [], get: () => undefined }),
    write: () => Promise.reject(notOurs(path, 'does not exist')),
    vacuum: async () => 0,
    close: async () => {},
  };
}

/** Opens a file where no lock can be created. */
function snapshotDatabase(path: string, options: SnapshotOptions, schema: Schema): Database {
  return {
    read: (work) =>
      readSnapshot(
        path,
        (db) => {
          const { userVersion, applicationId } = db.get<{ userVersion: number; applicationId: number }>(
            'SELECT user_version AS userVersion, application_id AS applicationId FROM pragma_user_version, pragma_application_id',
          )!;
          if (checkSchema(path, { applicationId, userVersion }, schema) < latestVersion(schema))
            throw needsUpgrade(path);
          return work(db);
        },
        { ...options, isSealed: true },
      ),
    write: () => Promise.reject(noAccess(path)),
    vacuum: () => Promise.reject(noAccess(path)),
    close: async () => {},
  };
}
