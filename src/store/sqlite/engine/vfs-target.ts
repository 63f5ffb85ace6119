import type { FileLock } from '../../../system/lock.ts';
import { SEALED_JOURNAL } from './seal.ts';
import { LOCK } from './sqlite-abi.ts';

/** A database file that SQLite has open through the VFS, and how it may be used. */
export interface VfsTarget {
  readonly path: string;
  readonly isReadOnly: boolean;
  /** Whether the file is sealed (see seal.ts). */
  readonly isSealed: boolean;
  /** Whether SQLite may take this level of lock (LOCK in sqlite-abi.ts). Must not wait. */
  mayLock(level: number): boolean;
  /** Whether it may be written now. Called before a step that can't be undone. */
  mayCommit(): boolean;
  /** The system's error of the last call that failed. */
  failure: unknown;
}

/**
 * Uses one mutex for all of SQLite's lock levels: only one transaction, reading or writing, uses the file at a time.
 * The caller acquires it beforehand, without blocking the event loop. Here it is only checked.
 */
export function lockedTarget(path: string, lock: FileLock): VfsTarget {
  return {
    path,
    isReadOnly: false,
    isSealed: true,
    mayLock: (level) => lock.isHeld && (level < LOCK.RESERVED || lock.confirm()),
    mayCommit: () => lock.confirm(0),
    failure: undefined,
  };
}

/** A file that is read without a lock. The reader checks afterwards that nobody wrote (see snapshot.ts). */
export function unlockedTarget(path: string, isSealed: boolean): VfsTarget {
  return {
    path,
    isReadOnly: true,
    isSealed,
    mayLock: (level) => level <= LOCK.SHARED,
    mayCommit: () => false,
    failure: undefined,
  };
}

/** A private copy that no other process uses. */
export function privateTarget(path: string, isSealed: boolean): VfsTarget {
  return {
    path,
    isReadOnly: false,
    isSealed,
    mayLock: () => true,
    mayCommit: () => true,
    failure: undefined,
  };
}

/** The path of the database, or of the file beside it with a suffix. Undefined for a file that SQLite must not see. */
export function pathOf(target: VfsTarget, suffix: string): string | undefined {
  if (suffix === '' || !target.isSealed) return target.path + suffix;
  return suffix === '-journal' ? target.path + SEALED_JOURNAL : undefined;
}
