import { existsSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { systemCode } from '../../../errors.ts';
import { FileLock } from '../../../system/lock.ts';
import { monotonicMs } from '../../../system/monotonic.ts';
import { Connection, type Reader, type Writer } from './connection.ts';
import { doAlone, doInTransaction, Job, takeJobs } from './jobs.ts';
import type { Database, DatabaseOptions } from './database.ts';
import { loadEngine } from './engine.ts';
import { damaged, explainFailure, explainStoreFailure, notOurs, storeBusy } from './failure.ts';
import { APPLICATION_ID, checkSchema, latestVersion, missingSteps, readHeader } from './header.ts';
import type { Schema } from './header.ts';
import { adoptJournal, SEALED_JOURNAL } from './seal.ts';
import type { NodeVfs } from './vfs.ts';
import { syncDirectory } from './vfs-files.ts';
import { lockedTarget, privateTarget } from './vfs-target.ts';

/** A database that is used by one process at a time, with a lock file beside it. */
export class LockedDatabase implements Database {
  /** No lock can be created: the directory can't be written to, or its medium is read-only or full. */
  isLockRefused = false;
  readonly #path: string;
  readonly #timeoutMs: number;
  readonly #access: 'read' | 'write';
  readonly #schema: Schema;
  readonly #lock: FileLock;
  readonly #target;
  #connection: Connection | undefined;
  #isSetToWrite = false;
  /** Jobs that wait for their turn. */
  readonly #jobs: Job[] = [];
  #isDoing = false;
  /** Resolves after the last requested work. */
  #busy: Promise<unknown> = Promise.resolve();

  constructor(path: string, options: Required<DatabaseOptions> & { schema: Schema }) {
    this.#path = path;
    this.#timeoutMs = options.timeoutMs;
    this.#access = options.access;
    this.#schema = options.schema;
    this.#lock = new FileLock(`${path}.lock`);
    this.#target = lockedTarget(path, this.#lock);
  }

  async read<T>(work: (tx: Reader) => T): Promise<T> {
    return await this.#together(work, false);
  }

  async write<T>(work: (tx: Writer) => T): Promise<T> {
    return await this.#together(work, true);
  }

  async vacuum(first = ''): Promise<number> {
    const vfs = await loadEngine(this.#access);
    return this.#exclusively(() => {
      const before = statSync(this.#path).size;
      const connection = this.#connect(vfs);
      this.#setToWrite(connection);
      connection.script(`${first}; VACUUM`);
      return before - statSync(this.#path).size;
    });
  }

  /** Applies the steps of the schema that the file still needs. Loads SQLite only if there are such steps. */
  async bringUpToDate(): Promise<void> {
    const isCurrent = await this.#exclusively(
      () =>
        !hasContent(this.#path + SEALED_JOURNAL) &&
        this.#version() === latestVersion(this.#schema) &&
        this.#isSealed(),
    );
    if (isCurrent) return;
    const vfs = await loadEngine(this.#access);
    await this.#exclusively(() => {
      if (!existsSync(this.#path)) this.#create(vfs);
      if (!this.#isSealed()) adoptJournal(this.#path);
      const connection = this.#connect(vfs);
      // A crash may have left a wrong header. SQLite rolls it back with the first statement.
      connection.get('PRAGMA user_version');
      const version = this.#version();
      const missing = missingSteps(this.#schema, version);
      // Every transaction seals the file.
      if (missing.length > 0 || !this.#isSealed())
        this.#transaction(connection, () => migrate(connection, this.#schema, version));
    });
  }

  /** Creates the file under another name and renames it when it is complete. So an empty file was never made by us. */
  #create(vfs: NodeVfs): void {
    const path = `${this.#path}.new`;
    // Files that belonged to a deleted store must not be used with a new one.
    for (const suffix of ['-journal', SEALED_JOURNAL, '.new', `.new${SEALED_JOURNAL}`])
      rmSync(this.#path + suffix, { force: true });
    const target = privateTarget(path, true);
    const connection = new Connection(vfs, target);
    try {
      setToWrite(connection);
      inTransaction(connection, () => migrate(connection, this.#schema, 0));
    } catch (error) {
      this.#target.failure = target.failure;
      throw error;
    } finally {
      connection.close();
    }
    rmSync(path + SEALED_JOURNAL, { force: true });
    renameSync(path, this.#path);
    syncDirectory(dirname(this.#path));
  }

  async close(): Promise<void> {
    await this.#busy;
    this.#connection?.close();
    this.#connection = undefined;
  }

  #version(): number {
    if (!existsSync(this.#path)) return 0;
    const header = readHeader(this.#path);
    if (header === undefined) throw damaged(this.#path, 'it is empty');
    if (!header.isSqlite) throw notOurs(this.#path, 'is not a session store');
    if (header.isWal) throw notOurs(this.#path, 'was switched to WAL mode, which session cannot share');
    return checkSchema(this.#path, header, this.#schema);
  }

  #isSealed(): boolean {
    return hasContent(this.#path) && readHeader(this.#path)?.isSealed === true;
  }

  #connect(vfs: NodeVfs): Connection {
    return (this.#connection ??= new Connection(vfs, this.#target));
  }

  /**
   * Does the work together with all work that is requested meanwhile. So the lock is taken once, and the disk is waited
   * for once.
   */
  async #together<T>(work: (tx: Writer) => T, isWrite: boolean): Promise<T> {
    const vfs = await loadEngine(this.#access);
    const job = new Job(work, isWrite);
    this.#jobs.push(job);
    if (!this.#isDoing) this.#doJobs(vfs);
    return (await job.done) as T;
  }

  #doJobs(vfs: NodeVfs): void {
    this.#isDoing = true;
    const taken: Job[] = [];
    const all = this.#exclusively(() => {
      const connection = this.#connect(vfs);
      const explain = (error: unknown): unknown => {
        const explained = explainStoreFailure(this.#path, error, this.#target.failure);
        this.#target.failure = undefined;
        return explained;
      };
      const jobs = takeJobs(this.#jobs, taken);
      if (!this.#jobs.some(({ isWrite }) => isWrite)) doAlone(jobs, connection, explain);
      else if (this.#jobs.length > 1)
        this.#transaction(connection, () => doInTransaction(jobs, connection, explain));
      else for (const job of jobs) this.#transaction(connection, (tx) => job.do(tx));
    });
    const settle = (): void => {
      this.#isDoing = false;
      for (const job of taken) job.settle();
      // The remaining jobs are done after other work that waits.
      if (this.#jobs.length > 0) this.#doJobs(vfs);
    };
    all.then(settle, (error: unknown) => {
      if (taken.length === 0) taken.push(...this.#jobs.splice(0));
      for (const job of taken) job.settle = () => job.fail(error);
      settle();
    });
  }

  /** Runs work while holding the lock, after all earlier work of this process. */
  #exclusively<T>(work: () => T): Promise<T> {
    const result = this.#busy.then(async () => {
      await nextTurn();
      await this.#acquire();
      try {
        return work();
      } catch (error) {
        throw explainStoreFailure(this.#path, error, this.#target.failure);
      } finally {
        this.#target.failure = undefined;
        this.#lock.release();
      }
    });
    this.#busy = result.catch(() => {});
    return result;
  }

  async #acquire(): Promise<void> {
    const since = monotonicMs();
    let acquired;
    try {
      acquired = await this.#lock.acquire(this.#timeoutMs);
    } catch (error) {
      this.isLockRefused = systemCode(error) !== 'ENOENT';
      throw explainFailure(this.#path, error);
    }
    if (!acquired) throw storeBusy(this.#path, this.#lock.holder(), monotonicMs() - since);
  }

  #setToWrite(connection: Connection): void {
    if (!this.#isSetToWrite) setToWrite(connection);
    this.#isSetToWrite = true;
  }

  #transaction<T>(connection: Connection, work: (tx: Writer) => T): T {
    this.#setToWrite(connection);
    return inTransaction(connection, work);
  }
}

/** Sets up a connection for writing. Deleted content is also overwritten. */
function setToWrite(connection: Connection): void {
  connection.script(
    'PRAGMA journal_mode = TRUNCATE; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON',
  );
}

function inTransaction<T>(connection: Connection, work: (tx: Writer) => T): T {
  connection.run('BEGIN IMMEDIATE');
  try {
    const result = work(connection);
    connection.run('COMMIT');
    return result;
  } catch (error) {
    try {
      connection.run('ROLLBACK');
    } catch {
      // SQLite has already rolled back.
    }
    throw error;
  }
}

function hasContent(path: string): boolean {
  return (statSync(path, { throwIfNoEntry: false })?.size ?? 0) > 0;
}

function migrate(connection: Connection, schema: Schema, version: number): void {
  for (const step of missingSteps(schema, version)) connection.script(step);
  connection.script(
    `PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${latestVersion(schema)}`,
  );
}
