import { toIndexCharacters, toIndexText } from '../../../text/index-text.ts';
import type { Database as SqlJsDatabase, Statement } from 'sql.js';
import type { SqlValue } from '../../sql-value.ts';
import type { Limits } from './limits.ts';
import type { NodeVfs } from './vfs.ts';
import type { VfsTarget } from './vfs-target.ts';

/**
 * Statements of a reading transaction. Rows are objects by column name. Text may be bound as its UTF-8 bytes with
 * `CAST(? AS TEXT)`, which is several times faster for long text.
 */
export interface Reader {
  all<Row>(sql: string, params?: readonly SqlValue[]): Row[];
  get<Row>(sql: string, params?: readonly SqlValue[]): Row | undefined;
}

/** Statements of a writing transaction. */
export interface Writer extends Reader {
  /** Returns the number of changed rows. */
  run(sql: string, params?: readonly SqlValue[]): number;
}

interface Prepared {
  statement: Statement;
  columns: string[];
  /** A row of nulls, to be copied. Filling a copy is several times faster than adding properties to an empty object. */
  emptyRow: Record<string, unknown>;
}

/** An open database file. Statements stay prepared, so use few texts and many parameters. */
export class Connection implements Writer {
  readonly #vfs: NodeVfs;
  readonly #target: VfsTarget;
  readonly #database: SqlJsDatabase;
  readonly #prepared = new Map<string, Prepared>();
  readonly #limits: Limits | undefined;
  readonly #forgetLimits: (() => void) | undefined;

  constructor(vfs: NodeVfs, target: VfsTarget, limits?: Limits) {
    this.#vfs = vfs;
    this.#target = target;
    this.#database = vfs.open(target);
    // Passed as bytes, which SQLite copies to its heap. sql.js would copy a text to the stack.
    for (const [name, index] of [
      ['index_text', toIndexText],
      ['index_characters', toIndexCharacters],
    ] as const)
      this.#database.create_function(name, (text: string) => Buffer.from(index(text)));
    this.#limits = limits;
    this.#forgetLimits = limits && vfs.limit(this.#database, limits);
  }

  all<Row>(sql: string, params: readonly SqlValue[] = []): Row[] {
    const prepared = this.#bind(sql, params);
    const { statement } = prepared;
    const rows: Row[] = [];
    let bytes = 0;
    try {
      while (statement.step()) {
        const values = statement.get();
        if (this.#limits !== undefined && (bytes += sizeOf(values)) > this.#limits.maxResultBytes)
          throw new Error('result too big');
        rows.push(toObject(prepared, values) as Row);
      }
    } finally {
      statement.reset();
    }
    return rows;
  }

  get<Row>(sql: string, params: readonly SqlValue[] = []): Row | undefined {
    return this.all<Row>(sql, params)[0];
  }

  run(sql: string, params: readonly SqlValue[] = []): number {
    const { statement } = this.#bind(sql, params);
    try {
      statement.step();
    } finally {
      statement.reset();
    }
    return this.#database.getRowsModified();
  }

  /** Runs a script of statements without results. */
  script(sql: string): void {
    this.#database.exec(sql);
  }

  close(): void {
    this.#prepared.clear();
    this.#database.close();
    this.#forgetLimits?.();
    this.#vfs.forget(this.#target);
  }

  #bind(sql: string, params: readonly SqlValue[]): Prepared {
    let prepared = this.#prepared.get(sql);
    if (prepared === undefined) {
      const statement = this.#database.prepare(sql);
      prepared = { statement, ...describeRow(statement.getColumnNames()) };
      this.#prepared.set(sql, prepared);
    }
    prepared.statement.bind(params.map((value) => (typeof value === 'boolean' ? Number(value) : value)));
    return prepared;
  }
}

function describeRow(columns: string[]): Pick<Prepared, 'columns' | 'emptyRow'> {
  // An object made this way is copied fast by V8.
  const text = `{${columns.map((name) => `${JSON.stringify(name)}:null`).join(',')}}`;
  return { columns, emptyRow: JSON.parse(text) as Record<string, unknown> };
}

function toObject({ columns, emptyRow }: Prepared, values: unknown[]): Record<string, unknown> {
  const row = { ...emptyRow };
  for (let n = 0; n < columns.length; n++) row[columns[n]!] = values[n];
  return row;
}

/** The approximate size of a row in memory. */
function sizeOf(values: unknown[]): number {
  return values.reduce<number>(
    (sum, value) =>
      sum + 16 + (typeof value === 'string' || value instanceof Uint8Array ? 2 * value.length : 0),
    64,
  );
}
