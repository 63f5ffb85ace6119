/**
 * Reads a SQLite file that others may be writing, without a lock and without a trace: for a file whose locks we cannot
 * take (Python's sqlite3 uses fcntl locks, which Node has not) or a directory we may not write to.
 *
 * It works as a sequence lock does: note the file's state, read, and look again; when anything moved, what was read is
 * thrown away and read anew. A file with a journal or a write-ahead log beside it is copied first, the same way, and
 * SQLite recovers the copy.
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
  /** A script that sets the connection up. */
  before?: string;
  limits?: Limits;
  /** Whether it is a store of ours, as seal.ts says. */
  isSealed?: boolean;
}

/** How long to try for a moment when nobody writes: then neither a copy nor trust in the change counter is needed. */
const QUIET_TRIES_MS = 300;
/** Journals and logs are copied with their database; a larger one than this is not worth it. */
const COPY_AT_MOST_BYTES = 512 * 1024 * 1024;

/**
 * Runs `query` on one consistent state of the database. It may run more than once.
 *
 * Never creates or changes anything beside the file. Throws what `query` throws, and STORE_UNREADABLE, STORE_CORRUPT or
 * STORE_BUSY (it never stood still).
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
      throw new SessionError('STORE_BUSY', `${path} is being written all the time; it could not be read.`, {
        hint: 'Repeat the command when the program that writes it has paused or ended.',
      });
    }
    await sleep(pauseMs);
  }
}

/** Undefined when the file was changed meanwhile. Some callers first wait until it does not change. */
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
        hint: 'Let the program that writes it finish or close it, then repeat the command.',
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
