import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readForeign } from '../../../src/store/sqlite/engine/foreign.ts';
import { makeDirectory } from '../../support/store-program.ts';
import { runRaw } from '../../support/store-raw.ts';

const ENDLESS = 'WITH RECURSIVE n (a) AS (VALUES (0) UNION ALL SELECT a + 1 FROM n) SELECT a FROM n';

async function makeDatabase(script: string): Promise<string> {
  const path = join(makeDirectory(), 'study.db');
  await runRaw(path, script);
  return path;
}

const readAll = (path: string, timeoutMs?: number): Promise<unknown[]> =>
  readForeign(path, (db) => db.all('SELECT * FROM t ORDER BY a'), {
    tables: ['t', 'missing'],
    ...(timeoutMs !== undefined && { timeoutMs }),
  });

test('reads ordinary tables, whatever else is in the file', async () => {
  const path = await makeDatabase(
    `CREATE TABLE t (a, b); INSERT INTO t VALUES (2, 'x'), (1, 'y'); CREATE VIEW mine AS SELECT * FROM t;
     CREATE TRIGGER change AFTER INSERT ON t BEGIN DELETE FROM t; END`,
  );
  expect(await readAll(path)).toEqual([
    { a: 1, b: 'y' },
    { a: 2, b: 'x' },
  ]);
});

test.each([
  ['a view', `CREATE VIEW T AS ${ENDLESS}`, 'not an ordinary table'],
  ['a virtual table', 'CREATE VIRTUAL TABLE t USING fts4 (a)', 'not an ordinary table'],
  ['a view in place of a function', `CREATE TABLE t (a); CREATE VIEW json_each AS ${ENDLESS}`, 'json_each'],
  [
    'a view in place of a pragma',
    `CREATE TABLE t (a); CREATE VIEW Pragma_table_xinfo AS ${ENDLESS}`,
    'Pragma_table_xinfo',
  ],
  [
    'a computed column',
    'CREATE TABLE t (a, b AS (hex(zeroblob(400)))); INSERT INTO t VALUES (1)',
    'computes the column "b"',
  ],
  [
    'a value of many megabytes',
    'CREATE TABLE t (a); INSERT INTO t VALUES (zeroblob(20000000))',
    'more than 16 MB',
  ],
])('refuses %s', async (_, script, words) => {
  const path = await makeDatabase(script);
  const refusal = readAll(path);
  await expect(refusal).rejects.toMatchObject({
    code: 'STORE_UNREADABLE',
    message: expect.stringContaining(words),
  });
  await expect(refusal).rejects.toThrow(path);
});

test('a query that takes too long ends, and the next one works', async () => {
  const path = await makeDatabase(
    "CREATE TABLE t (a); INSERT INTO t SELECT value FROM json_each('[1,2,3,4,5,6,7,8,9,10]')",
  );
  const product = Array.from({ length: 12 }, (_, n) => `t AS t${n}`).join(', ');
  const since = performance.now();
  await expect(
    readForeign(path, (db) => db.get(`SELECT count(*) AS n FROM ${product}`), {
      tables: ['t'],
      timeoutMs: 300,
    }),
  ).rejects.toMatchObject({
    code: 'STORE_UNREADABLE',
    message: expect.stringContaining('within 0.3 s'),
  });
  expect(performance.now() - since).toBeLessThan(3_000);
  expect(await readAll(path)).toHaveLength(10);
});

test('more rows than memory should hold are refused', async () => {
  const path = await makeDatabase(
    `CREATE TABLE t (a); INSERT INTO t VALUES (CAST(zeroblob(8000000) AS TEXT)); INSERT INTO t SELECT a FROM t, json_each('[1,2,3]')`,
  );
  await expect(
    readForeign(path, (db) => db.all('SELECT t.a FROM t, t AS u, t AS v'), { tables: ['t'] }),
  ).rejects.toMatchObject({ code: 'STORE_UNREADABLE' });
});

test('sorts more than the cache holds', async () => {
  const path = await makeDatabase(
    `CREATE TABLE t (a, b); WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n LIMIT 200000)
     INSERT INTO t SELECT (i * 7919) % 200003, 'a text that makes the rows too many for the cache' || i FROM n`,
  );
  const rows = (await readAll(path, 60_000)) as { a: number }[];
  expect(rows).toHaveLength(200_000);
  expect(rows.every(({ a }, n) => n === 0 || rows[n - 1]!.a < a)).toBe(true);
  expect(readdirSync(join(path, '..'))).toEqual(['study.db']);
});

test('a pipe in place of the file is refused, not waited for', async () => {
  const path = join(makeDirectory(), 'study.db');
  execFileSync('mkfifo', [path]);
  await expect(readAll(path)).rejects.toMatchObject({ code: 'STORE_UNREADABLE' });
});
