/** The store of a workplace: the file in its home, or with TEST_STORE=postgres a separate database. */
import { createHash } from 'node:crypto';
import { openStore as openPostgres } from '../../src/store/postgres/open.ts';
import { openStore as openSqlite } from '../../src/store/sqlite/open.ts';
import type { Store } from '../../src/store/store.ts';
import { query } from './postgres.ts';

const made = new Set<string>();

/** The URL of the store for this path; undefined for the embedded store. */
export function toTestUrl(path: string): string | undefined {
  if (process.env['TEST_STORE'] !== 'postgres') return undefined;
  const name = `test_${createHash('sha256').update(path).digest('hex').slice(0, 16)}`;
  return process.env['TEST_POSTGRES']!.replace(/[^/]*$/, name);
}

/** Creates the database if it does not exist. */
export async function ensureDatabase(url: string | undefined): Promise<void> {
  if (url === undefined || made.has(url)) return;
  made.add(url);
  await query(process.env['TEST_POSTGRES']!, `CREATE DATABASE ${url.split('/').at(-1)}`);
}

export async function openTestStore(path: string): Promise<Store> {
  const url = toTestUrl(path);
  if (url === undefined) return await openSqlite(path, { access: 'write' });
  await ensureDatabase(url);
  return await openPostgres(url, { access: 'write' });
}
