import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { FileLock } from '../system/lock.ts';
import { Connection, type Reader, type Writer } from './connection.ts';
import { loadEngine } from './engine.ts';
import { explainFailure, isAccessRefused, noAccess, notOurs, storeBusy } from './failure.ts';
import { checkSchema, readHeader } from './header.ts';
import { APPLICATION_ID, MIGRATIONS } from './migrations.ts';
import { readSnapshot } from './snapshot.ts';
import { lockedTarget } from './vfs-target.ts';

/**
 * Runs transactions on the store's file.
 *
 * The work is synchronous: nothing of this process comes in between, and the lock is never held over an `await`.
 */
export interface Database {
  read<T>(work: (tx: Reader) => T): Promise<T>;
  /** All or nothing; durable when it resolves. */
  write<T>(work: (tx: Writer) => T): Promise<T>;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  /** With `read`, nothing is created (a missing file is an empty store), and a directory without write access will do. */
  access: 'read' | 'write';
  /** How long to wait for others that use the file. */
  timeoutMs?: number;
  /** Where sql-wasm.wasm is, when it isn't beside the program. */
  wasmPath?: string;
}

/** Opens the store's file, bringing its schema up to date. Throws STORE_UNREADABLE, _CORRUPT, _NEWER, _FULL or _BUSY. */
export async function openDatabase(path: string, options: DatabaseOptions): Promise<Database> {
  try {
    const file = statSync(path, { throwIfNoEntry: false });
    if (file === undefined && options.access === 'read') return emptyDatabase(path);
    if (file === undefined) mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    else if (!file.isFile()) throw notOurs(path, 'is not a file');
    const database = new LockedDatabase(path, options);
    await database.bringUpToDate();
    return database;
  } catch (error) {
    if (options.access === 'read' && error instanceof LockRefused)
      return snapshotDatabase(path, options.wasmPath);
    throw explainFailure(path, error instanceof LockRefused ? error.cause : error);
  }
}

/** No lock can be made beside the file: no write access to the directory, or a read-only medium. */
class LockRefused extends Error {
  override readonly name = 'LockRefused';
}

class LockedDatabase implements Database {
  readonly #path: string;
  readonly #lock: FileLock;
  readonly #timeoutMs: number;
  readonly #wasmPath: string | undefined;
  readonly #target;
  #connection: Connection | undefined;
  #isSetToWrite = false;
  #last: Promise<unknown> = Promise.resolve();

  constructor(path: string, options: DatabaseOptions) {
    this.#path = path;
    this.#lock = new FileLock(`${path}.lock`);
    this.#timeoutMs = options.timeoutMs ?? 10_000;
    this.#wasmPath = options.wasmPath;
    this.#target = lockedTarget(path, this.#lock);
  }

  read<T>(work: (tx: Reader) => T): Promise<T> {
    return this.#exclusively(async () => work(await this.#connect()));
  }

  write<T>(work: (tx: Writer) => T): Promise<T> {
    return this.#exclusively(async () => this.#transaction(await this.#connect(), work));
  }

  async close(): Promise<void> {
    await this.#last;
    this.#connection?.close();
    this.#connection = undefined;
  }

  async bringUpToDate(): Promise<void> {
    const hasJournal = (statSync(`${this.#path}-journal`, { throwIfNoEntry: false })?.size ?? 0) > 0;
    // A crash may have left the header in between; SQLite rolls it back with the first statement.
    if (hasJournal) await this.read((tx) => tx.get('PRAGMA user_version'));
    await this.#exclusively(async () => {
      const version = this.#version();
      if (version < MIGRATIONS.length) this.#transaction(await this.#connect(), (tx) => migrate(tx, version));
    });
  }

  #version(): number {
    const header = statSync(this.#path, { throwIfNoEntry: false }) && readHeader(this.#path);
    if (header === undefined) return 0;
    if (!header.isSqlite) throw notOurs(this.#path, 'is not a session store');
    if (header.isWal) throw notOurs(this.#path, 'was switched to WAL mode, which session cannot share');
    return checkSchema(this.#path, header);
  }

  async #connect(): Promise<Connection> {
    return (this.#connection ??= new Connection(await loadEngine(this.#wasmPath), this.#target));
  }

  /** Runs work with the lock held, after all earlier work of this process. */
  #exclusively<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(async () => {
      await this.#acquire();
      try {
        return await work();
      } catch (error) {
        throw explainFailure(this.#path, error, this.#target.failure);
      } finally {
        this.#target.failure = undefined;
        this.#lock.release();
      }
    });
    this.#last = result.catch(() => {});
    return result;
  }

  async #acquire(): Promise<void> {
    let acquired;
    try {
      acquired = await this.#lock.acquire(this.#timeoutMs);
    } catch (error) {
      if (isAccessRefused(error)) throw new LockRefused('', { cause: error });
      throw explainFailure(this.#path, error);
    }
    if (!acquired) throw storeBusy(this.#path, this.#lock.holder(), this.#timeoutMs);
  }

  #transaction<T>(connection: Connection, work: (tx: Writer) => T): T {
    if (!this.#isSetToWrite) {
      connection.script(
        'PRAGMA journal_mode = TRUNCATE; PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL',
      );
      this.#isSetToWrite = true;
    }
    connection.run('BEGIN IMMEDIATE');
    try {
      const result = work(connection);
      connection.run('COMMIT');
      return result;
    } catch (error) {
      try {
        connection.run('ROLLBACK');
      } catch {
        // SQLite has rolled back by itself.
      }
      throw error;
    }
  }
}

function migrate(tx: Writer, from: number): void {
  const connection = tx as Connection;
  for (const step of MIGRATIONS.slice(from)) connection.script(step);
  connection.script(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${MIGRATIONS.length}`);
}

function emptyDatabase(path: string): Database {
  return {
    read: async (work) => work({ all: () => [], get: () => undefined }),
    write: () => Promise.reject(notOurs(path, 'does not exist')),
    close: async () => {},
  };
}

function snapshotDatabase(path: string, wasmPath: string | undefined): Database {
  return {
    read: (work) =>
      readSnapshot(
        path,
        (db) => {
          const { user_version: userVersion } = db.get<{ user_version: number }>('PRAGMA user_version')!;
          const { application_id: applicationId } = db.get<{ application_id: number }>(
            'PRAGMA application_id',
          )!;
          if (checkSchema(path, { applicationId, userVersion }) < MIGRATIONS.length) throw noAccess(path);
          return work(db);
        },
        wasmPath === undefined ? {} : { wasmPath },
      ),
    write: () => Promise.reject(noAccess(path)),
    close: async () => {},
  };
}
