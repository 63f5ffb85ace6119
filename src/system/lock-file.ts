/**
 * The lock file: a symbolic link whose target is the owner's name. A link is created together with its target in one
 * atomic step, so a lock without an owner is never seen. Where links are refused (FAT, Windows without developer mode,
 * some network shares), the lock is a regular file that is created exclusively. Both kinds are always understood.
 */
import {
  lstatSync,
  lutimesSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { systemCode } from '../errors.ts';
import { isGone } from './owner.ts';

/**
 * An owner that cannot be verified (of another host, or unreadable) counts as gone after this time without a sign of
 * life.
 */
const UNVERIFIABLE_AFTER_MS = 60_000;
const LINKS_REFUSED = new Set(['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP', 'UNKNOWN']);

/**
 * Returns false when the lock exists already. Throws the system's error when no lock can be created in the directory.
 */
export function createLockFile(path: string, owner: string, links: boolean): boolean {
  try {
    if (links) symlinkSync(owner, path);
    else writeFileSync(path, owner, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    const code = systemCode(error) ?? '';
    if (code === 'EEXIST' || (process.platform === 'win32' && !links && code === 'EPERM')) return false;
    if (links && LINKS_REFUSED.has(code)) return createLockFile(path, owner, false);
    throw error;
  }
}

/**
 * Returns the owner's name, '' when the lock has none (it is being written, or is a directory), or undefined when there
 * is no lock.
 */
export function readLockFile(path: string): string | undefined {
  const kind = lstatSync(path, { throwIfNoEntry: false });
  if (kind === undefined) return undefined;
  try {
    return kind.isSymbolicLink() ? readlinkSync(path) : kind.isFile() ? readFileSync(path, 'utf8') : '';
  } catch (error) {
    return systemCode(error) === 'ENOENT' ? undefined : '';
  }
}

/**
 * Whether the lock's owner is gone.
 *
 * A directory is a lock of SQLite's own dot-file scheme. It has no owner's name, and may be held as long as a person
 * keeps a transaction open, so it never counts as abandoned.
 */
export function isAbandoned(path: string, owner: string): boolean {
  const file = lstatSync(path, { throwIfNoEntry: false });
  return file?.isDirectory() === false && isGone(owner, file.mtimeMs, UNVERIFIABLE_AFTER_MS);
}

/**
 * How often a waiter checks whether the owner is alive. This costs many times more than reading the time of the file.
 */
const ASK_EVERY_MS = 25;

/** A waiter's view of a lock file. A check is cheap, so many waiters leave the processor to the holder. */
export class LockWatch {
  /** When a new owner or a sign of life of the same owner was last seen. */
  changedAt: number;
  /** The modification time of the file, in ms since 1970; 0 without a file. */
  touchedAt = 0;
  readonly #path: string;
  #inode = 0;
  #askedAt = -ASK_EVERY_MS;

  constructor(path: string, now: number) {
    this.#path = path;
    this.changedAt = now;
  }

  /** Returns false when there is no lock, or when its owner is known to be gone. */
  isHeld(now: number): boolean {
    const file = lstatSync(this.#path, { throwIfNoEntry: false });
    const { ino, mtimeMs } = file ?? { ino: 0, mtimeMs: 0 };
    if (ino !== this.#inode || mtimeMs !== this.touchedAt) this.changedAt = now;
    this.#inode = ino;
    this.touchedAt = mtimeMs;
    if (file === undefined) return false;
    if (now - this.#askedAt < ASK_EVERY_MS) return true;
    this.#askedAt = now;
    const owner = readLockFile(this.#path);
    return owner !== undefined && !isAbandoned(this.#path, owner);
  }
}

/** Updates the time of the file: a sign of life for processes that cannot verify the owner. */
export function touchLockFile(path: string, at = new Date()): void {
  try {
    lutimesSync(path, at, at);
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
  }
}

export function removeLockFile(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
  }
}
