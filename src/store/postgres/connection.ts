import type pg from 'pg';
import type { SqlValue } from '../sql-value.ts';

/** Statements on a connection. Rows are objects by column name; parameters are `?`. */
export interface Reader {
  all<Row>(sql: string, params?: readonly SqlValue[]): Promise<Row[]>;
  get<Row>(sql: string, params?: readonly SqlValue[]): Promise<Row | undefined>;
}

/** Statements inside a transaction. */
export interface Writer extends Reader {
  /** Returns the number of changed rows. */
  run(sql: string, params?: readonly SqlValue[]): Promise<number>;
}

/** PostgreSQL's text can't contain NUL. It is replaced by a noncharacter, which texts don't contain (Unicode 23.7). */
const NUL_STAND_IN = '\uFDD3';

const INT8 = 20;
const NUMERIC = 1700;
const TEXT = 25;

/** Reads integers as numbers, and restores NUL in texts. */
export const TYPES = {
  getTypeParser(oid: number, format?: string): (value: never) => unknown {
    if (format !== 'binary') {
      if (oid === INT8 || oid === NUMERIC) return Number;
      if (oid === TEXT) return fromText;
    }
    return parserOf(oid, format);
  },
};

let parserOf: (oid: number, format?: string) => (value: never) => unknown;

/** Loads the driver, which only this kind of store needs. */
export async function loadDriver(): Promise<typeof pg> {
  const driver = (await import('pg')).default;
  parserOf = driver.types.getTypeParser as typeof parserOf;
  return driver;
}

function fromText(value: string): string {
  return value.includes(NUL_STAND_IN) ? value.replaceAll(NUL_STAND_IN, '\0') : value;
}

/** The statements of one client. */
export class Connection implements Writer {
  readonly #client: pg.Client;

  constructor(client: pg.Client) {
    this.#client = client;
  }

  async all<Row>(sql: string, params: readonly SqlValue[] = []): Promise<Row[]> {
    return (await this.#query(sql, params)).rows as Row[];
  }

  async get<Row>(sql: string, params: readonly SqlValue[] = []): Promise<Row | undefined> {
    return (await this.all<Row>(sql, params))[0];
  }

  async run(sql: string, params: readonly SqlValue[] = []): Promise<number> {
    return (await this.#query(sql, params)).rowCount ?? 0;
  }

  /** Uses unnamed statements, because behind a pooler a named one may belong to another server connection. */
  async #query(sql: string, params: readonly SqlValue[]): Promise<pg.QueryResult> {
    let n = 0;
    const text = params.length === 0 ? sql : sql.replaceAll('?', () => `$${++n}`);
    return await this.#client.query(text, params.map(toParameter));
  }
}

function toParameter(value: SqlValue): unknown {
  if (typeof value === 'string') return value.includes('\0') ? value.replaceAll('\0', NUL_STAND_IN) : value;
  if (typeof value === 'boolean') return Number(value);
  return value instanceof Uint8Array ? Buffer.from(value) : value;
}
