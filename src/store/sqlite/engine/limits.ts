/**
 * Limits the memory and time of statements on one connection, for databases of unknown origin.
 *
 * SQLite has `sqlite3_limit` and `sqlite3_progress_handler` for this (https://www.sqlite.org/security.html), but sql.js
 * exports neither. Both only set fields of `struct sqlite3`, so we set them. The limits are found by their default
 * values, and the handler by its distance from them. The handler is tested before it is used.
 */
import type { Database } from 'sql.js';
import { contractBroken, type SqlJsRuntime } from './sql-js.ts';
import type { WasmMemory } from './wasm-memory.ts';

/** The values of SQLITE_LIMIT_LENGTH, _SQL_LENGTH, _COLUMN, _EXPR_DEPTH and _COMPOUND_SELECT in a new connection. */
const DEFAULT_LIMITS = [1_000_000_000, 1_000_000_000, 2_000, 1_000, 500];
const WORDS_SEARCHED = 100;
/** The distance from the first limit to `xProgress`, `pProgressArg` and `nProgressOps`, in words. */
const PROGRESS = 65;
const STEPS_BETWEEN_CALLS = 20_000;

export interface Limits {
  /** The largest value or SQL text. */
  maxValueBytes: number;
  /** The largest total size of the rows of one statement. */
  maxResultBytes: number;
  /** Called every few thousand steps of a statement. When it returns true, the statement fails with "interrupted". */
  isOver(): boolean;
}

export class StatementLimits {
  readonly #memory: WasmMemory;
  readonly #handler: number;
  readonly #active = new Map<number, Limits>();

  /** Tests the limits on an empty database, and throws when this SQLite does not apply them. */
  constructor(sql: SqlJsRuntime, memory: WasmMemory, probe: Database) {
    this.#memory = memory;
    this.#handler = sql.addFunction((id: number) => (this.#active.get(id)?.isOver() === false ? 0 : 1), 'ii');
    this.#tryOut(probe);
  }

  /**
   * Sets the limits of an open connection. Returns a function that forgets them, to be called when the connection is
   * closed.
   */
  set(database: Database, limits: Limits): () => void {
    const handle = (database as unknown as { db: number }).db;
    const first = this.#findLimits(handle);
    this.#memory.setWord(handle, first, limits.maxValueBytes);
    this.#memory.setWord(handle, first + 1, limits.maxValueBytes);
    const progress = [this.#handler, handle, STEPS_BETWEEN_CALLS];
    progress.forEach((value, n) => this.#memory.setWord(handle, first + PROGRESS + n, value));
    this.#active.set(handle, limits);
    return () => void this.#active.delete(handle);
  }

  #findLimits(handle: number): number {
    for (let first = 0; first < WORDS_SEARCHED; first++)
      if (DEFAULT_LIMITS.every((value, n) => this.#memory.word(handle, first + n) === value)) return first;
    throw contractBroken('the layout of its limits is unknown');
  }

  #tryOut(probe: Database): void {
    let calls = 0;
    const forget = this.set(probe, { maxValueBytes: 1_000, maxResultBytes: 0, isOver: () => ++calls > 1 });
    const fails = (script: string, words: RegExp): boolean => {
      try {
        probe.exec(script);
        return false;
      } catch (error) {
        return words.test(String(error));
      }
    };
    const steps = 'WITH RECURSIVE n (i) AS (VALUES (0) UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM';
    const isStopped = fails(`${steps} (SELECT i FROM n LIMIT ${4 * STEPS_BETWEEN_CALLS})`, /interrupted/);
    const isRefused = fails('SELECT zeroblob(2000)', /too big/);
    forget();
    if (!isStopped || !isRefused) throw contractBroken('its limits cannot be set');
  }
}
