import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { systemCode } from '../../../errors.ts';
import { IOCAP_POWERSAFE_OVERWRITE, type IoMethod, LOCK, OPEN, RESULT } from './sqlite-abi.ts';
import { showUnsealed, whileSealed } from './seal.ts';
import { contractBroken } from './sql-js.ts';
import { pathOf, type VfsTarget } from './vfs-target.ts';
import type { WasmMemory } from './wasm-memory.ts';

const SECTOR_SIZE = 4096;
/** Other directories that SQLite tries when no file can be created in TMPDIR. */
const SCRATCH_DIRECTORIES = ['/var/tmp', '/tmp', '/dev/shm'];
const NO_SPACE = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);
const NO_WRITE_ACCESS = new Set(['EACCES', 'EPERM', 'EROFS']);

interface OpenFile {
  readonly fd: number;
  readonly target: VfsTarget;
  readonly role: 'database' | 'journal' | 'scratch';
  /** The directory of a new file whose directory entry is not yet on disk. */
  unsyncedIn: string | undefined;
}

export function syncDirectory(directory: string): void {
  if (process.platform === 'win32') return;
  const fd = openSync(directory, constants.O_RDONLY);
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/**
 * Runs a system call for SQLite. Returns its result, or `failure` when it throws (FULL for a full disk), and keeps the
 * error on the target.
 */
export function attempt(target: VfsTarget | undefined, failure: number, work: () => number): number {
  try {
    return work();
  } catch (error) {
    if (target !== undefined) target.failure = error;
    return NO_SPACE.has(systemCode(error) ?? '') ? RESULT.FULL : failure;
  }
}

/**
 * The files that SQLite has open, by the address of their `sqlite3_file`. Implements `sqlite3_io_methods` with node:fs.
 */
export class VfsFiles {
  readonly #memory: WasmMemory;
  readonly #files = new Map<number, OpenFile>();

  constructor(memory: WasmMemory) {
    this.#memory = memory;
  }

  /** Opens the database (`suffix` ''), or a file beside it. Returns the flags it was opened with. */
  open(file: number, target: VfsTarget, suffix: string, flags: number): number {
    const path = pathOf(target, suffix);
    if (path === undefined) throw contractBroken(`it opened a file ${suffix}`);
    const create = (flags & OPEN.CREATE) !== 0 && !target.isReadOnly ? constants.O_CREAT : 0;
    const exclusive = create !== 0 && (flags & OPEN.EXCLUSIVE) !== 0 ? constants.O_EXCL : 0;
    const isMain = suffix === '';
    const role = isMain ? 'database' : 'journal';
    const unsyncedIn = create === 0 ? undefined : dirname(path);
    if ((flags & OPEN.READWRITE) !== 0 && !target.isReadOnly) {
      try {
        // Every user who may read the database must be able to recover it.
        const mode = isMain || create === 0 ? 0o600 : statSync(target.path).mode & 0o777;
        const fd = openSync(path, constants.O_RDWR | create | exclusive, mode);
        this.#files.set(file, { fd, target, role, unsyncedIn });
        return flags;
      } catch (error) {
        if (!isMain || !NO_WRITE_ACCESS.has(systemCode(error) ?? '')) throw error;
      }
    }
    this.#files.set(file, { fd: openSync(path, constants.O_RDONLY), target, role, unsyncedIn: undefined });
    return (flags & ~(OPEN.READWRITE | OPEN.CREATE)) | OPEN.READONLY;
  }

  /**
   * Opens a temporary file of SQLite. It is a real file, so that a large one needs no memory, and is deleted at once,
   * so that none is left.
   */
  openTemporary(file: number, target: VfsTarget): void {
    this.#files.set(file, { fd: openScratch(), target, role: 'scratch', unsyncedIn: undefined });
  }

  /** The implementation of every I/O method, as SQLite calls it. */
  readonly methods: Record<IoMethod, (file: number, ...args: never[]) => number> = {
    xClose: (file) =>
      this.#do(file, RESULT.IOERR_CLOSE, ({ fd }) => {
        this.#files.delete(file);
        closeSync(fd);
        return RESULT.OK;
      }),

    xRead: (file, buffer: number, length: number, offset: bigint) =>
      this.#do(file, RESULT.IOERR_READ, (it) =>
        this.#read(it, this.#memory.bytes(buffer, length), Number(offset)),
      ),

    xWrite: (file, buffer: number, length: number, offset: bigint) =>
      this.#do(file, RESULT.IOERR_WRITE, (it) => {
        if (!mayChange(it)) return RESULT.IOERR_WRITE;
        const source = this.#memory.bytes(buffer, length);
        const write = (): void => writeAll(it.fd, source, Number(offset));
        if (isSealed(it)) whileSealed(source, Number(offset), write);
        else write();
        return RESULT.OK;
      }),

    xTruncate: (file, size: bigint) =>
      this.#do(file, RESULT.IOERR_TRUNCATE, (it) => {
        if (it.role !== 'scratch' && !it.target.mayCommit()) return RESULT.IOERR_TRUNCATE;
        ftruncateSync(it.fd, Number(size));
        return RESULT.OK;
      }),

    xSync: (file) =>
      this.#do(file, RESULT.IOERR_FSYNC, (it) => {
        fsyncSync(it.fd);
        if (it.unsyncedIn !== undefined) syncDirectory(it.unsyncedIn);
        it.unsyncedIn = undefined;
        return RESULT.OK;
      }),

    xFileSize: (file, result: number) =>
      this.#do(file, RESULT.IOERR_FSTAT, ({ fd }) => {
        this.#memory.view.setBigInt64(result, BigInt(fstatSync(fd).size), true);
        return RESULT.OK;
      }),

    xLock: (file, level: number) =>
      this.#do(file, RESULT.IOERR_LOCK, ({ target }) => (target.mayLock(level) ? RESULT.OK : RESULT.BUSY)),

    xUnlock: () => RESULT.OK,

    /** The caller holds our lock, so nobody else can be writing: a journal that exists now is hot. */
    xCheckReservedLock: (_file, result: number) => {
      this.#memory.view.setInt32(result, LOCK.NONE, true);
      return RESULT.OK;
    },

    xFileControl: () => RESULT.NOTFOUND,
    xSectorSize: () => SECTOR_SIZE,
    xDeviceCharacteristics: () => IOCAP_POWERSAFE_OVERWRITE,
  };

  #do(file: number, failure: number, work: (it: OpenFile) => number): number {
    const it = this.#files.get(file);
    return attempt(it?.target, failure, () => (it === undefined ? failure : work(it)));
  }

  #read(it: OpenFile, into: Uint8Array, offset: number): number {
    let got = 0;
    for (let n = -1; n !== 0 && got < into.length; got += n) {
      n = readSync(it.fd, into, got, into.length - got, offset + got);
    }
    into.fill(0, got);
    if (isSealed(it)) showUnsealed(into, offset);
    else if (it.role === 'database' && it.target.isReadOnly) disguiseWal(into, offset);
    return got === into.length ? RESULT.OK : RESULT.IOERR_SHORT_READ;
  }
}

function isSealed({ role, target }: OpenFile): boolean {
  return role === 'database' && target.isSealed;
}

function writeAll(fd: number, source: Uint8Array, offset: number): void {
  for (let done = 0; done < source.length;)
    done += writeSync(fd, source, done, source.length - done, offset + done);
}

/** Temporary files may always be changed, all others only by the holder of the lock. */
function mayChange({ role, target }: OpenFile): boolean {
  return role === 'scratch' || target.mayLock(LOCK.EXCLUSIVE);
}

/** Opens a file without a name in the first directory where that is possible. */
function openScratch(): number {
  const name = `session-${process.pid}-${Math.random().toString(36).slice(2)}.tmp`;
  let refusal: unknown;
  for (const directory of new Set([tmpdir(), ...SCRATCH_DIRECTORIES])) {
    try {
      const path = join(directory, name);
      const fd = openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL, 0o600);
      unlinkSync(path);
      return fd;
    } catch (error) {
      refusal ??= error;
    }
  }
  throw refusal;
}

/**
 * Makes SQLite read a database in WAL mode like any other. This is correct when its log is empty; otherwise SQLite
 * would need shared memory. Header bytes 18 and 19 are the file format versions: 2 for WAL, 1 without
 * (https://www.sqlite.org/fileformat.html).
 */
function disguiseWal(page: Uint8Array, offset: number): void {
  for (const at of [18, 19]) {
    const index = at - offset;
    if (index >= 0 && index < page.length && page[index] === 2) page[index] = 1;
  }
}
