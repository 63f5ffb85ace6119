/**
 * Reads a SQLite file that others may be writing, without a lock and without changing anything. It is used where we
 * can't take the file's locks (Python's sqlite3 uses fcntl locks, which Node does not have) or can't write to its
 * directory.
 *
 * It works like a sequence lock: note the file's state, read, and compare the state. If it changed, the result is
 * dropped and the file is read again. If there is a journal or a write-ahead log, the files are first copied in the
 * same way, and SQLite recovers the copy.
 */
import { chmodSync, constants, copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SessionError } from '../../../errors.ts';
import { Connection, type Reader } from './connection.ts';
import { loadEngine } from './engine.ts';
import { explainFailure, explainStoreFailure } from './failure.ts';
import type { Limits } from './limits.ts';
import { type FileState, readFileState } from './file-state.ts';
import { SEALED_JOURNAL } from './seal.ts';
import { privateTarget, unlockedTarget, type VfsTarget } from './vfs-target.ts';

export type SnapshotDatabase = Reader;

export interface SnapshotOptions {
  /** How long to try while others write. */
  timeoutMs?: number;
  /** A script that is run first on the connection. */
  before?: string;
  limits?: Limits;
  /** Whether it is a sealed store (see seal.ts). */
  isSealed?: boolean;
}

/**
 * How long to wait for a time when nobody writes. Then no copy is needed, and the change counter need not be relied on.
 */
const QUIET_TRIES_MS = 300;
/** The largest database that is copied with its journal or log. */
const COPY_AT_MOST_BYTES = 512 * 1024 * 1024;

/**
 * Runs `query` on one consistent state of the database. It may run more than once.
 *
 * Never creates or changes anything beside the file. Throws what `query` throws, and STORE_UNREADABLE, STORE_CORRUPT,
 * or STORE_BUSY when the file changed all the time.
 */
export async function readSnapshot<T>(
  path: string,
  query: (db: SnapshotDatabase) => T,
  options: SnapshotOptions = {},
): Promise<T> {
  const vfs = await loadEngine('read');
  const since = performance.now();
  for (let pauseMs = 5; ; pauseMs = Math.min(pauseMs * 1.5, 100)) {
    const waitedMs = performance.now() - since;
    const outcome = attemptRead(path, waitedMs < QUIET_TRIES_MS, options.isSealed ?? false, (target) => {
      const connection = new Connection(vfs, target, options.limits);
      try {
        if (options.before !== undefined) connection.script(options.before);
        if (!target.isReadOnly) connection.script('PRAGMA locking_mode = EXCLUSIVE');
        return query(connection);
      } catch (error) {
        const explain = options.isSealed === true ? explainStoreFailure : explainFailure;
        throw explain(path, error, target.failure);
      } finally {
        connection.close();
      }
    });
    if (outcome !== undefined) return outcome.value;
    if (waitedMs > (options.timeoutMs ?? 5_000)) {
      throw new SessionError('STORE_BUSY', `${path} is written all the time, so it could not be read.`, {
        hint: 'Repeat the command when the program that writes it has paused or ended.',
      });
    }
    await sleep(pauseMs);
  }
}

/** Returns undefined when the file was changed meanwhile. Some callers first wait until it does not change. */
function attemptRead<T>(
  path: string,
  waitsForQuiet: boolean,
  isSealed: boolean,
  read: (target: VfsTarget) => T,
): { value: T } | undefined {
  const look = (): FileState => readFileState(path, isSealed ? [SEALED_JOURNAL] : ['-journal', '-wal']);
  const before = look();
  const mayComeToRest = before.sidecars.length === 0 ? before.isFresh : !before.sidecars.includes('-wal');
  if (waitsForQuiet && mayComeToRest) return undefined;
  const isStill = (): boolean => look().id === before.id;
  try {
    if (before.sidecars.length === 0) {
      const value = read(unlockedTarget(path, isSealed));
      return isStill() ? { value } : undefined;
    }
    return withCopy(path, before, (copy) =>
      isStill() ? { value: read(privateTarget(copy, isSealed)) } : undefined,
    );
  } catch (error) {
    if (isStill()) throw error;
    return undefined;
  }
}

function withCopy<T>(path: string, state: FileState, work: (copy: string) => T): T {
  if (state.bytes > COPY_AT_MOST_BYTES) {
    throw new SessionError(
      'STORE_BUSY',
      `${path} has unfinished changes beside it, and is too large to copy.`,
      {
        hint: 'Wait until the program that writes it has finished, or close it. Then repeat the command.',
      },
    );
  }
  const directory = mkdtempSync(join(tmpdir(), 'session-'));
  try {
    const copy = join(directory, 'copy.db');
    for (const suffix of ['', ...state.sidecars]) {
      copyFileSync(path + suffix, copy + suffix, constants.COPYFILE_FICLONE);
      chmodSync(copy + suffix, 0o600);
    }
    return work(copy);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
