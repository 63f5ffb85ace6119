/**
 * Keeps other programs from harming the store's file: to any SQLite but ours it is read-only.
 *
 * Byte 18 of a SQLite file is the version that a program must know to write it
 * (https://www.sqlite.org/fileformat.html#file_format_version_numbers). On disk it is one that no SQLite knows, so all
 * of them only read; ours is shown the usual one. The journal has a name that SQLite does not look for. Under its usual
 * name, whoever opens the file would roll back a transaction of ours that is under way: our locks are not SQLite's.
 */
import { existsSync, renameSync, rmSync, statSync } from 'node:fs';

const WRITE_VERSION_AT = 18;
const ORDINARY = 1;
export const SEALED = 3;

/** The file beside a sealed database that its own SQLite calls `-journal`. */
export const SEALED_JOURNAL = '.journal';

/** Puts the version that is to be seen into a piece of the file; returns what was there, undefined when it is elsewhere. */
function setVersion(piece: Uint8Array, offset: number, version: number): number | undefined {
  const at = WRITE_VERSION_AT - offset;
  if (at < 0 || at >= piece.length) return undefined;
  const was = piece[at]!;
  piece[at] = version;
  return was;
}

/** Shows a piece of a sealed file that was read as SQLite is to see it. */
export function showUnsealed(piece: Uint8Array, offset: number): void {
  const at = WRITE_VERSION_AT - offset;
  if (piece[at] === SEALED) setVersion(piece, offset, ORDINARY);
}

/** Runs `write` with a piece of the file as it is to be on disk. */
export function whileSealed<T>(piece: Uint8Array, offset: number, write: () => T): T {
  const was = setVersion(piece, offset, SEALED);
  try {
    return write();
  } finally {
    if (was !== undefined) setVersion(piece, offset, was);
  }
}

/** Makes a copy of a sealed file an ordinary one, piece by piece. */
export function unseal(piece: Uint8Array, offset: number): void {
  setVersion(piece, offset, ORDINARY);
}

/**
 * Takes over the journal of a file that is not sealed yet, so that what a crash left in it is rolled back.
 * To be called with the lock held.
 */
export function adoptJournal(path: string): void {
  const old = `${path}-journal`;
  if (!existsSync(old)) return;
  // One that has our name already was adopted before a crash, and is still to be rolled back.
  const adopted = statSync(path + SEALED_JOURNAL, { throwIfNoEntry: false })?.size ?? 0;
  if (statSync(old).size > 0 && adopted === 0) renameSync(old, path + SEALED_JOURNAL);
  else rmSync(old);
}
