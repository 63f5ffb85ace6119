/**
 * Makes SQLite in the unmodified sql.js package read and write pages of real files.
 *
 * sql.js keeps a whole database in memory and has no locks. But SQLite accesses files through a table of functions, its
 * VFS (https://www.sqlite.org/vfs.html), and sql.js can make WebAssembly functions from JavaScript ones. So we replace
 * the three functions that open, delete and look for files, and return our own I/O methods. sql.js still chooses the
 * file names (`dbfile_<random>`). Each name is mapped to a real path when it is first opened.
 */
import { statSync, unlinkSync } from 'node:fs';
import { devNull } from 'node:os';
import { dirname } from 'node:path';
import type { Database } from 'sql.js';
import { systemCode } from '../../../errors.ts';
import { type Limits, StatementLimits } from './limits.ts';
import { contractBroken, type SqlJsRuntime } from './sql-js.ts';
import { IO_METHODS, type IoMethod, RESULT, VFS_SLOT } from './sqlite-abi.ts';
import { attempt, syncDirectory, VfsFiles } from './vfs-files.ts';
import { pathOf, unlockedTarget, type VfsTarget } from './vfs-target.ts';
import { WasmMemory } from './wasm-memory.ts';

const EXPECTED_VFS = 'unix version 3';

export class NodeVfs {
  readonly #sql: SqlJsRuntime;
  readonly #memory: WasmMemory;
  readonly #files: VfsFiles;
  readonly #targets = new Map<string, VfsTarget>();
  /** The target of the database being opened, until SQLite asks for its file. */
  #opening: VfsTarget | undefined;
  #ioMethods = 0;
  /** The target for temporary files, which have no name. */
  #lastUsed: VfsTarget | undefined;
  #limits: StatementLimits | undefined;

  /**
   * Takes over the default VFS of this SQLite, after running a script in an empty database of its own.
   *
   * Throws when its layout is not the expected one.
   */
  constructor(sql: SqlJsRuntime, memory: WebAssembly.Memory, script: string) {
    this.#sql = sql;
    this.#memory = new WasmMemory(memory);
    this.#files = new VfsFiles(this.#memory);
    this.#install(script);
  }

  /** Opens a database file. SQLite accesses it only with the first statement. Call `close()` on the result. */
  open(target: VfsTarget): Database {
    this.#opening = target;
    // An empty image gives sql.js a file of its own to delete when it closes.
    const database = new this.#sql.Database(new Uint8Array());
    if (this.#opening !== undefined) throw contractBroken('it opened no file');
    return database;
  }

  /** Limits the memory and time of statements on an open database. Returns a function to call after it was closed. */
  limit(database: Database, limits: Limits): () => void {
    return (this.#limits ??= this.#makeLimits()).set(database, limits);
  }

  /** Forgets a target whose database was closed. */
  forget(target: VfsTarget): void {
    for (const [name, known] of this.#targets) if (known === target) this.#targets.delete(name);
    if (this.#lastUsed === target) this.#lastUsed = undefined;
  }

  #makeLimits(): StatementLimits {
    const nothing = unlockedTarget(devNull, false);
    const probe = this.open(nothing);
    try {
      return new StatementLimits(this.#sql, this.#memory, probe);
    } finally {
      probe.close();
      this.forget(nothing);
    }
  }

  #install(script: string): void {
    // `struct sqlite3` begins with the pointer to its VFS, here the default one.
    const probe = new this.#sql.Database();
    const handle = (probe as unknown as { db?: unknown }).db;
    if (typeof handle !== 'number' || handle <= 0) throw contractBroken('no database handle');
    const vfs = this.#memory.word(handle, 0);
    const word = (slot: keyof typeof VFS_SLOT): number => this.#memory.word(vfs, VFS_SLOT[slot]);
    const found = `${this.#sql.UTF8ToString(word('zName'))} version ${word('iVersion')}`;
    if (found !== EXPECTED_VFS) throw contractBroken(`its VFS is "${found}", not "${EXPECTED_VFS}"`);
    if (word('szOsFile') < 8 || word('mxPathname') < 64)
      throw contractBroken('the layout of its VFS is unknown');

    const hook = (
      slot: 'xOpen' | 'xDelete' | 'xAccess' | 'xRandomness',
      signature: string,
      fn: (...args: never[]) => number,
    ): void => this.#memory.setWord(vfs, VFS_SLOT[slot], this.#sql.addFunction(fn, signature));
    hook('xRandomness', 'iiii', (_vfs: number, length: number, buffer: number) =>
      fillAtRandom(this.#memory.bytes(buffer, length)),
    );
    probe.exec(script);
    probe.close();
    hook('xOpen', 'iiiiii', (_vfs: number, name: number, file: number, flags: number, outFlags: number) =>
      this.#xOpen(name, file, flags, outFlags),
    );
    hook('xDelete', 'iiii', (_vfs: number, name: number, sync: number) => this.#xDelete(name, sync !== 0));
    hook('xAccess', 'iiiii', (_vfs: number, name: number, _flags: number, result: number) =>
      this.#xAccess(name, result),
    );
    this.#ioMethods = this.#defineIoMethods();
  }

  #defineIoMethods(): number {
    const names = Object.keys(IO_METHODS) as IoMethod[];
    const pointers = names.map((name) => this.#sql.addFunction(this.#files.methods[name], IO_METHODS[name]));
    const struct = this.#sql._malloc(4 * (names.length + 1));
    [1, ...pointers].forEach((value, n) => this.#memory.setWord(struct, n, value));
    return struct;
  }

  /** Resolves a file name of sql.js to its target and the suffix of the file beside it ('' for the database itself). */
  #resolve(name: number): { target: VfsTarget; suffix: string } {
    const [, base, suffix] = /^\/?(dbfile_\d+)(-journal|-wal)?$/.exec(this.#sql.UTF8ToString(name)) ?? [];
    if (base === undefined) throw contractBroken('it opened a file of an unknown name');
    let target = this.#targets.get(base);
    if (target === undefined) {
      if (this.#opening === undefined || suffix !== undefined)
        throw contractBroken('it opened a file that was not requested');
      this.#targets.set(base, (target = this.#opening));
      this.#opening = undefined;
    }
    return { target: (this.#lastUsed = target), suffix: suffix ?? '' };
  }

  #xOpen(name: number, file: number, flags: number, outFlags: number): number {
    this.#memory.setWord(file, 0, 0); // no methods: SQLite does not close a file that was not opened
    return attempt(this.#opening ?? this.#lastUsed, RESULT.CANTOPEN, () => {
      let opened = flags;
      if (name !== 0) {
        const { target, suffix } = this.#resolve(name);
        opened = this.#files.open(file, target, suffix, flags);
      } else if (this.#lastUsed !== undefined) this.#files.openTemporary(file, this.#lastUsed);
      this.#memory.setWord(file, 0, this.#ioMethods);
      if (outFlags !== 0) this.#memory.setWord(outFlags, 0, opened);
      return RESULT.OK;
    });
  }

  #xDelete(name: number, sync: boolean): number {
    return attempt(this.#lastUsed, RESULT.IOERR_DELETE, () => {
      const { target, suffix } = this.#resolve(name);
      if (target.isReadOnly || !target.mayCommit()) return RESULT.IOERR_DELETE;
      const path = pathOf(target, suffix);
      if (path === undefined) return RESULT.OK;
      try {
        unlinkSync(path);
      } catch (error) {
        if (systemCode(error) !== 'ENOENT') throw error;
      }
      if (sync) syncDirectory(dirname(path));
      return RESULT.OK;
    });
  }

  /**
   * Checks whether a file exists. As in SQLite's own VFS, an empty journal counts as none. A reader without a lock
   * never sees a journal.
   */
  #xAccess(name: number, result: number): number {
    return attempt(this.#lastUsed, RESULT.IOERR_ACCESS, () => {
      const { target, suffix } = this.#resolve(name);
      const path = target.isReadOnly && suffix !== '' ? undefined : pathOf(target, suffix);
      const size = path === undefined ? 0 : (statSync(path, { throwIfNoEntry: false })?.size ?? 0);
      this.#memory.setWord(result, 0, size > 0 ? 1 : 0);
      return RESULT.OK;
    });
  }
}

/**
 * Fills bytes with random values for SQLite's journals. They must only differ from earlier ones. sql.js would load
 * Node's crypto for them.
 */
function fillAtRandom(bytes: Uint8Array): number {
  for (let n = 0; n < bytes.length; n++) bytes[n] = Math.random() * 256;
  return bytes.length;
}
