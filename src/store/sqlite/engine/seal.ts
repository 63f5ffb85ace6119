/**
 * Prevents other programs from damaging the store's file. For any SQLite but ours it is read-only.
 *
 * Byte 18 of a SQLite file is the version that a program must know to write it
 * (https://www.sqlite.org/fileformat.html#file_format_version_numbers). On disk this is a version that no SQLite knows,
 * so all of them can only read. Our SQLite gets the usual value. The journal has a name that SQLite does not look for.
 * Under its usual name, another program that opens the file would roll back our current transaction, because our locks
 * are not SQLite's.
 */
import { existsSync, renameSync, rmSync, statSync } from 'node:fs';

const WRITE_VERSION_AT = 18;
const ORDINARY = 1;
export const SEALED = 3;

/** The journal of a sealed database. Our SQLite calls it `-journal`. */
export const SEALED_JOURNAL = '.journal';

/**
 * Writes a version into a piece of the file. Returns the previous one, or undefined when the piece does not contain it.
 */
function setVersion(piece: Uint8Array, offset: number, version: number): number | undefined {
  const at = WRITE_VERSION_AT - offset;
  if (at < 0 || at >= piece.length) return undefined;
  const was = piece[at]!;
  piece[at] = version;
  return was;
}

/** Changes a piece that was read from a sealed file to what SQLite has to see. */
export function showUnsealed(piece: Uint8Array, offset: number): void {
  const at = WRITE_VERSION_AT - offset;
  if (piece[at] === SEALED) setVersion(piece, offset, ORDINARY);
}

/** Runs `write` while the piece is in its sealed form, as it has to be on disk. */
export function whileSealed<T>(piece: Uint8Array, offset: number, write: () => T): T {
  const was = setVersion(piece, offset, SEALED);
  try {
    return write();
  } finally {
    if (was !== undefined) setVersion(piece, offset, was);
  }
}

/** Changes a piece of a copy of a sealed file, so that the copy is an ordinary database. */
export function unseal(piece: Uint8Array, offset: number): void {
  setVersion(piece, offset, ORDINARY);
}

/**
 * Renames the journal of a file that is not sealed yet, so that what a crash left in it is rolled back. Call it while
 * holding the lock.
 */
export function adoptJournal(path: string): void {
  const old = `${path}-journal`;
  if (!existsSync(old)) return;
  // A journal with our name was renamed before a crash, and must still be rolled back.
  const adopted = statSync(path + SEALED_JOURNAL, { throwIfNoEntry: false })?.size ?? 0;
  if (statSync(old).size > 0 && adopted === 0) renameSync(old, path + SEALED_JOURNAL);
  else rmSync(old);
}
