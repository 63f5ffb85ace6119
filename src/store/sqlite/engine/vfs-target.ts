import type { FileLock } from '../../../system/lock.ts';
import { SEALED_JOURNAL } from './seal.ts';
import { LOCK } from './sqlite-abi.ts';

/** A database file that SQLite has open through the VFS, and how it may be used. */
export interface VfsTarget {
  readonly path: string;
  readonly isReadOnly: boolean;
  /** Whether its files are kept as seal.ts says. */
  readonly isSealed: boolean;
  /** Whether SQLite may have this level of lock (LOCK in sqlite-abi.ts). Must not wait. */
  mayLock(level: number): boolean;
  /** Whether it may be written at this very moment: asked before what can't be undone. */
  mayCommit(): boolean;
  /** The system's own words for the last call that failed. */
  failure: unknown;
}

/**
 * One mutex stands for all of SQLite's lock levels: a transaction, reading or writing, has the file to itself.
 * Its user acquires it beforehand, without blocking the event loop; here it is only looked at.
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

/** A file that is read without any lock, of which the reader checks afterwards that nobody wrote (see snapshot.ts). */
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

/** A private copy that nobody else knows. */
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

/** The path of the database, or of the file beside it that SQLite names by a suffix; undefined for one that it may not see. */
export function pathOf(target: VfsTarget, suffix: string): string | undefined {
  if (suffix === '' || !target.isSealed) return target.path + suffix;
  return suffix === '-journal' ? target.path + SEALED_JOURNAL : undefined;
}
