/**
 * The file that is a lock: a symbolic link whose target names the owner. Creating a link is atomic *with* its content,
 * so a lock is never seen half-written. Where links are refused (FAT, Windows without developer mode, some network
 * shares) an exclusively created file does; both kinds are understood by everyone.
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

/** An owner that cannot be verified (another host's, or unreadable) counts as gone after this long without a sign. */
const UNVERIFIABLE_AFTER_MS = 60_000;
const LINKS_REFUSED = new Set(['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP', 'UNKNOWN']);

/** False when the lock exists already. Throws what the system says when the directory takes no lock at all. */
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

/** The owner's name, '' when the lock does not tell (being written, or a directory), undefined when nobody holds it. */
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
 * Whether the lock's owner can never come back for it.
 *
 * A directory is a lock of SQLite's own dot-file scheme, which says nothing of its owner and may be held for as long as a
 * person keeps a transaction open, so it is never taken away.
 */
export function isAbandoned(path: string, owner: string): boolean {
  const file = lstatSync(path, { throwIfNoEntry: false });
  return file?.isDirectory() === false && isGone(owner, file.mtimeMs, UNVERIFIABLE_AFTER_MS);
}

/** How often a waiter asks whether the owner is alive, which costs many times what a look at the file does. */
const ASK_EVERY_MS = 25;

/** A lock file as someone sees it who waits for it. Looking is cheap, so that many who wait leave the holder the processor. */
export class LockWatch {
  /** When it was last seen to have another owner, or a sign of life of the same one. */
  changedAt: number;
  /** The time of the file, in ms since 1970; 0 without one. */
  touchedAt = 0;
  readonly #path: string;
  #inode = 0;
  #askedAt = -ASK_EVERY_MS;

  constructor(path: string, now: number) {
    this.#path = path;
    this.changedAt = now;
  }

  /** False when there is no lock, or one whose owner is gone, as far as is known. */
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

/** A sign of life, for those who cannot verify the owner. */
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
