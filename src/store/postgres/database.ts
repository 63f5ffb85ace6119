/**
 * Runs transactions on a PostgreSQL server. Each process has one connection, which is opened when it is needed and
 * closed when it is idle. A connection has no state between transactions, so a pooler may use another one for each.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from 'pg';
import { SessionError } from '../../errors.ts';
import { connectionUrls } from './connection-urls.ts';
import { Connection, loadDriver, TYPES } from './connection.ts';
import type { Reader, Writer } from './connection.ts';
import { codeOf, explainFailure, isLost, isPassing } from './failure.ts';

/** How long to retry after a lost connection; later statements are retried for this part of it. */
const RETRY_MS = 10_000;
const RETRY_PART = 0.1;
const FIRST_PAUSE_MS = 50;
const MAX_PAUSE_MS = 1000;
const CONNECT_MS = 10_000;
/** A statement that takes longer counts as lost. Our statements read at most some thousand rows. */
const ANSWER_MS = 120_000;
/** An idle connection is closed after this time. */
const IDLE_MS = 5000;
const IN_THE_FUTURE = '22023';

export interface DatabaseOptions {
  /** How long to retry after a lost connection; default ten seconds. */
  retryMs?: number;
}

export class Database {
  readonly url: string;
  readonly #retryMs: number;
  #client: Client | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #idle: NodeJS.Timeout | undefined;
  /** Since when the database does not answer. */
  #lostAt: number | undefined;

  constructor(url: string, { retryMs = RETRY_MS }: DatabaseOptions = {}) {
    this.url = url;
    this.#retryMs = retryMs;
  }

  /** Each statement reads what was committed before it. May run the work more than once. */
  read<T>(work: (tx: Reader) => Promise<T>): Promise<T> {
    return this.#inTurn(() => this.#again(async (connection) => await work(connection)));
  }

  /** Atomic, and durable when it resolves. May run the work more than once, but commits it once. */
  write<T>(work: (tx: Writer) => Promise<T>): Promise<T> {
    return this.#inTurn(() =>
      this.#again((connection, client) => this.#transaction(client, connection, work)),
    );
  }

  async close(): Promise<void> {
    await this.#inTurn(() => this.#disconnect());
    clearTimeout(this.#idle);
  }

  /** Runs work one after the other, because there is only one connection. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => {});
    return result;
  }

  async #again<T>(work: (connection: Connection, client: Client) => Promise<T>): Promise<T> {
    clearTimeout(this.#idle);
    const begun = performance.now();
    for (let wait = FIRST_PAUSE_MS; ; wait = Math.min(2 * wait, MAX_PAUSE_MS)) {
      try {
        const client = await this.#connect();
        const result = await work(new Connection(client), client);
        this.#lostAt = undefined;
        this.#idle = setTimeout(() => void this.#inTurn(() => this.#disconnect()), IDLE_MS).unref();
        return result;
      } catch (error) {
        if (!(error instanceof SessionError) && isLost(error)) {
          this.#lostAt ??= begun;
          await this.#disconnect();
        }
        const left = (this.#lostAt ?? begun) + this.#retryMs;
        const until = Math.max(left, begun + RETRY_PART * this.#retryMs);
        if (error instanceof SessionError || !isPassing(error) || performance.now() + wait > until)
          throw explainFailure(this.url, error);
        // A random delay, so that clients don't retry at the same time.
        await pause(wait * (0.5 + Math.random()));
      }
    }
  }

  async #connect(): Promise<Client> {
    if (this.#client !== undefined) return this.#client;
    const urls = connectionUrls(this.url, process.env);
    for (const [n, url] of urls.entries())
      try {
        return (this.#client = await this.#connectTo(url));
      } catch (error) {
        if (n === urls.length - 1) throw error;
      }
    throw new Error('There is no URL to connect to.');
  }

  async #connectTo(url: string): Promise<Client> {
    const driver = await loadDriver();
    const client = new driver.Client({
      connectionString: url,
      types: TYPES as never,
      connectionTimeoutMillis: CONNECT_MS,
      query_timeout: ANSWER_MS,
      keepAlive: true,
      application_name: 'session',
    });
    // The connection was lost while idle. The next statement fails and reconnects.
    client.on('error', () => {
      if (this.#client === client) this.#client = undefined;
    });
    try {
      await client.connect();
    } catch (error) {
      client.end().catch(() => {});
      throw error;
    }
    return client;
  }

  async #disconnect(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    await Promise.race([client?.end().catch(() => {}), pause(1000, undefined, { ref: false })]);
  }

  /**
   * When the connection is lost during a commit, it asks the database afterwards, by the transaction's id, whether the
   * commit succeeded.
   */
  async #transaction<T>(client: Client, tx: Writer, work: (tx: Writer) => Promise<T>): Promise<T> {
    const begun = (await client.query('BEGIN; SELECT pg_current_xact_id()::text AS id')) as unknown as {
      rows: { id: string }[];
    }[];
    const { id } = begun[1]!.rows[0]!;
    let result: T;
    try {
      result = await work(tx);
    } catch (error) {
      if (!isLost(error)) await client.query('ROLLBACK').catch(() => this.#disconnect());
      throw error;
    }
    try {
      await client.query('COMMIT');
    } catch (error) {
      if (!isLost(error)) throw error;
      await this.#disconnect();
      if (!(await this.#hasCommitted(id))) throw error;
    }
    return result;
  }

  async #hasCommitted(id: string): Promise<boolean> {
    return await this.#again(async (connection) => {
      const row = await connection
        .get<{ status: string | null }>('SELECT pg_xact_status(?::xid8) AS status', [id])
        .catch((error: unknown) => {
          // The server crashed before it recorded the transaction.
          if (codeOf(error) === IN_THE_FUTURE) return undefined;
          throw error;
        });
      // The server has not noticed the lost connection yet.
      if (row?.status === 'in progress')
        throw Object.assign(new Error('It is still at work.'), { code: '40001' });
      return row?.status === 'committed';
    });
  }
}
