/**
 * Copies the store while it is in use.
 *
 * The file is copied in short steps, each with the store's lock. If somebody wrote in between, the differences are
 * copied again in one step. Other processes wait during this step: about a second for each gigabyte of the store.
 */
import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  linkSync,
  openSync,
  readSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { SessionError, systemCode } from '../../errors.ts';
import type { Reader } from './engine/connection.ts';
import { type Database, openDatabase } from './engine/database.ts';
import { readHeader } from './engine/header.ts';
import { unseal } from './engine/seal.ts';
import { readSnapshot } from './engine/snapshot.ts';
import { SCHEMA } from './schema.ts';
import { syncDirectory } from './engine/vfs-files.ts';

const STEP_BYTES = 8 * 1024 * 1024;

export interface BackupOptions {
  /** Replaces an existing file. */
  force: boolean;
  /** Stops the copying with its reason. The incomplete copy is removed. */
  signal: AbortSignal;
}

/**
 * Writes a consistent copy of the store to a file: an ordinary SQLite database that can be used as a store. Returns its
 * size in bytes.
 *
 * The file appears after it was completed and checked. Throws USAGE where it exists or can't be written,
 * STORE_UNREADABLE where there is no store, STORE_CORRUPT where the store is damaged.
 */
export async function backupStore(path: string, file: string, options: BackupOptions): Promise<number> {
  if (statSync(path, { throwIfNoEntry: false }) === undefined)
    throw new SessionError('STORE_UNREADABLE', `There is no store at ${path} yet.`, {
      hint: 'It is created with the first session.',
    });
  requireFree(path, file, options.force);
  const part = join(dirname(file), `.${basename(file)}.${process.pid}.part`);
  const database = await openDatabase(path, SCHEMA, { access: 'write' });
  let fd: number | undefined;
  try {
    fd = openSync(part, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL, 0o600);
    await copy(database, path, fd, options.signal);
    fsyncSync(fd);
    const { size } = fstatSync(fd);
    await check(part);
    options.signal.throwIfAborted();
    publish(part, file, options.force);
    return size;
  } catch (error) {
    throw error instanceof SessionError || systemCode(error) === undefined ? error : notWritten(file, error);
  } finally {
    if (fd !== undefined) closeSync(fd);
    if (fd !== undefined) rmSync(part, { force: true });
    await database.close();
  }
}

async function copy(database: Database, path: string, fd: number, signal: AbortSignal): Promise<void> {
  const source = openSync(path, 'r');
  try {
    let before: string | undefined;
    let isSame = true;
    for (let offset = 0, size = 1; isSame && offset < size; offset += STEP_BYTES) {
      // Signals are handled only between turns of the event loop.
      await setImmediate();
      signal.throwIfAborted();
      const state = await database.read((tx) => {
        const found = readState(tx, path, source);
        if (found === (before ?? found)) copyPiece(source, fd, offset);
        return found;
      });
      size = fstatSync(source).size;
      isSame = state === (before ??= state);
    }
    if (!isSame) await database.read((tx) => copyChanged(tx, path, source, fd));
    else ftruncateSync(fd, fstatSync(source).size);
  } finally {
    closeSync(source);
  }
}

/**
 * Reads a value that changes with every committed transaction. The statement also rolls back what a crash may have
 * left.
 */
function readState(tx: Reader, path: string, source: number): string {
  tx.get('SELECT 1 FROM sqlite_schema');
  return `${readHeader(path)?.changeCounter} ${fstatSync(source).size} ${statSync(path).ino}`;
}

function copyPiece(source: number, fd: number, offset: number): void {
  const piece = readPiece(source, offset);
  unseal(piece, offset);
  for (let done = 0; done < piece.length;)
    done += writeSync(fd, piece, done, piece.length - done, offset + done);
}

function copyChanged(tx: Reader, path: string, source: number, fd: number): void {
  readState(tx, path, source);
  const { size } = fstatSync(source);
  for (let offset = 0; offset < size; offset += STEP_BYTES) {
    const piece = readPiece(source, offset);
    unseal(piece, offset);
    if (!readPiece(fd, offset).equals(piece)) copyPiece(source, fd, offset);
  }
  ftruncateSync(fd, size);
}

function readPiece(fd: number, offset: number): Buffer {
  const piece = Buffer.allocUnsafe(STEP_BYTES);
  let got = 0;
  for (let n = -1; n !== 0 && got < piece.length; got += n)
    n = readSync(fd, piece, got, piece.length - got, offset + got);
  return piece.subarray(0, got);
}

async function check(part: string): Promise<void> {
  const rows = await readSnapshot(part, (db) =>
    db.all<{ integrity_check: string }>('PRAGMA integrity_check(3)'),
  );
  const problems = rows.map((row) => row.integrity_check).filter((words) => words !== 'ok');
  if (problems.length > 0)
    throw new SessionError('STORE_CORRUPT', `The store is damaged: ${problems.join('; ')}.`, {
      hint: 'No backup was made. Keep the earlier ones, and see "session doctor".',
    });
}

function requireFree(path: string, file: string, force: boolean): void {
  const there = statSync(file, { throwIfNoEntry: false });
  if (there === undefined) return;
  if (!there.isFile() || realpathSync(file) === realpathSync(path) || there.ino === statSync(path).ino)
    throw new SessionError('USAGE', `${file} is not a file that a backup may replace.`, {
      hint: 'Name another file.',
    });
  if (!force) throw isThere(file);
}

/** Without `force`, a file that was created meanwhile is not replaced. */
function publish(part: string, file: string, force: boolean): void {
  try {
    if (force) renameSync(part, file);
    else linkSync(part, file);
  } catch (error) {
    if (systemCode(error) === 'EEXIST') throw isThere(file);
    if (force || !['EPERM', 'ENOTSUP', 'ENOSYS', 'EOPNOTSUPP'].includes(systemCode(error) ?? '')) throw error;
    // The file system has no links.
    if (statSync(file, { throwIfNoEntry: false }) !== undefined) throw isThere(file);
    renameSync(part, file);
  }
  syncDirectory(dirname(file));
}

function isThere(file: string): SessionError {
  return new SessionError('USAGE', `${file} exists.`, {
    hint: 'Name another file, or replace it with --force.',
  });
}

function notWritten(file: string, cause: unknown): SessionError {
  return new SessionError('USAGE', `${file} could not be written (${systemCode(cause)}).`, {
    hint: 'Name a file in an existing directory that you can write to and that has enough free space.',
    cause,
  });
}
