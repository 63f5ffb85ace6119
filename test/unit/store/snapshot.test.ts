import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Connection } from '../../../src/store/sqlite/engine/connection.ts';
import { readFileState } from '../../../src/store/sqlite/engine/file-state.ts';
import { readSnapshot, type SnapshotDatabase } from '../../../src/store/sqlite/engine/snapshot.ts';
import { makeDirectory, startProgram } from '../../support/store-program.ts';
import { openRaw, runRaw } from '../../support/store-raw.ts';

const SETUP = "CREATE TABLE t (a); INSERT INTO t SELECT value FROM json_each('[1,2,3]')";

async function makeDatabase(script = SETUP): Promise<string> {
  const path = join(makeDirectory(), 'study.db');
  await runRaw(path, script);
  return path;
}

/** Opens the database as its own program would; closed when the test ends. */
async function openWriter(path: string): Promise<Connection> {
  const writer = await openRaw(path);
  onTestFinished(() => writer.close());
  return writer;
}

const sum = (db: SnapshotDatabase): number => db.get<{ sum: number }>('SELECT sum(a) AS sum FROM t')!.sum;

/** Names, sizes and times of all that is beside the database. */
function surroundings(path: string): string[] {
  const directory = dirname(path);
  return readdirSync(directory).map((name) => {
    const { size, mtimeMs } = statSync(join(directory, name));
    return `${name} ${size} ${mtimeMs}`;
  });
}

test('reads rows, with parameters, and leaves no trace', async () => {
  const path = await makeDatabase();
  const before = surroundings(path);
  expect(await readSnapshot(path, sum)).toBe(6);
  expect(await readSnapshot(path, (db) => db.all('SELECT a FROM t WHERE a > ?', [1]))).toEqual([
    { a: 2 },
    { a: 3 },
  ]);
  expect(await readSnapshot(path, (db) => db.get('SELECT a FROM t WHERE a > 9'))).toBeUndefined();
  expect(surroundings(path)).toEqual(before);
});

test('cannot write', async () => {
  const path = await makeDatabase();
  await expect(readSnapshot(path, (db) => db.all('DELETE FROM t RETURNING a'))).rejects.toMatchObject({
    code: 'STORE_UNREADABLE',
  });
  expect(await readSnapshot(path, sum)).toBe(6);
});

test('what the query throws comes back as it is', async () => {
  const path = await makeDatabase();
  const error = new Error('not today');
  await expect(
    readSnapshot(path, () => {
      throw error;
    }),
  ).rejects.toBe(error);
  await expect(readSnapshot(path, (db) => db.all('SELECT * FROM missing'))).rejects.toThrow('no such table');
});

test('runs the query again when the file was written meanwhile', async () => {
  const path = await makeDatabase();
  const writer = await openWriter(path);
  let runs = 0;
  const seen = await readSnapshot(path, (db) => {
    if (++runs < 3) writer.run('INSERT INTO t VALUES (2)');
    if (runs === 1) throw new Error('What one sees in a torn file.');
    return sum(db);
  });
  expect([seen, runs]).toEqual([10, 3]);
});

test('sees nothing of a transaction under way, even when half of it is in the file', async () => {
  const path = await makeDatabase(
    'CREATE TABLE t (a, filler); INSERT INTO t SELECT 1, zeroblob(3000) FROM json_each(json_array(1,2,3,4,5,6,7,8,9,10))',
  );
  const writer = await openWriter(path);
  const before = readFileSync(path);
  writer.script(
    'PRAGMA cache_size = 1; PRAGMA cache_spill = 1; BEGIN; UPDATE t SET a = 2, filler = zeroblob(3001)',
  );
  expect(readFileSync(path).equals(before), 'half of it is in the file').toBe(false);
  expect(statSync(`${path}-journal`).size).toBeGreaterThan(0);
  const around = surroundings(path);
  expect(await readSnapshot(path, sum)).toBe(10);
  expect(surroundings(path)).toEqual(around);
  writer.script('COMMIT');
  expect(await readSnapshot(path, sum)).toBe(20);
});

test('reads a write-ahead log along with its database', async () => {
  const path = await makeDatabase(`PRAGMA journal_mode = WAL; ${SETUP}`);
  expect(existsSync(`${path}-wal`)).toBe(false);
  expect(await readSnapshot(path, sum), 'no log left').toBe(6);
  const writer = await openWriter(path);
  writer.script('INSERT INTO t VALUES (4)');
  expect(statSync(`${path}-wal`).size).toBeGreaterThan(0);
  const before = surroundings(path);
  expect(await readSnapshot(path, sum)).toBe(10);
  writer.script('BEGIN; INSERT INTO t VALUES (5)');
  expect(await readSnapshot(path, sum)).toBe(10);
  writer.script('COMMIT');
  expect(await readSnapshot(path, sum)).toBe(15);
  expect(surroundings(path).length).toBe(before.length);
});

test('a journal of zeroes, or an empty one, is none', async () => {
  const path = await makeDatabase();
  writeFileSync(`${path}-journal`, Buffer.alloc(512));
  expect(readFileState(path, ['-journal', '-wal']).sidecars).toEqual([]);
  expect(await readSnapshot(path, sum)).toBe(6);
  truncateSync(`${path}-journal`, 0);
  expect(await readSnapshot(path, sum)).toBe(6);
});

test('a journal that turns up meanwhile is left alone', async () => {
  const path = join(makeDirectory(), 'study.db');
  writeFileSync(path, '');
  const read = readSnapshot(path, (db) => {
    writeFileSync(`${path}-journal`, 'not a journal, but not empty');
    return db.all('SELECT * FROM sqlite_schema');
  });
  expect(await read).toEqual([]);
  expect(readFileSync(`${path}-journal`, 'utf8')).toContain('not a journal');
});

test('several at once', async () => {
  const paths = [await makeDatabase(), await makeDatabase('CREATE TABLE t (a); INSERT INTO t VALUES (40)')];
  expect(await Promise.all([...paths, ...paths].map((path) => readSnapshot(path, sum)))).toEqual([
    6, 40, 6, 40,
  ]);
});

test.each([
  ['missing', 'STORE_UNREADABLE', () => {}],
  ['a text', 'STORE_UNREADABLE', (path: string) => writeFileSync(path, 'Dear diary.\n'.repeat(100))],
  ['a directory', 'STORE_UNREADABLE', (path: string) => mkdirSync(path)],
])('%s is an error with a sentence', async (_, code, make) => {
  const path = join(makeDirectory(), 'study.db');
  make(path);
  await expect(readSnapshot(path, sum)).rejects.toMatchObject({
    code,
    message: expect.stringContaining(path),
  });
});

test('gives up on a file that never stands still', async () => {
  const path = await makeDatabase();
  const writer = await openWriter(path);
  const restless = readSnapshot(path, () => writer.run('INSERT INTO t VALUES (1)'), { timeoutMs: 100 });
  await expect(restless).rejects.toMatchObject({
    code: 'STORE_BUSY',
    message: expect.stringContaining(path),
  });
});

test.each(['DELETE', 'WAL'])(
  'every snapshot of a file written all the time is consistent: %s',
  async (journal) => {
    const path = join(makeDirectory(), 'study.db');
    const { says, child } = await startProgram('transfers', [path, journal]);
    await says('ready');
    chmodSync(path, 0o600);
    const seen = new Set<number>();
    for (let n = 0; n < 20 || seen.size < 5; n++) {
      const { total, version } = await readSnapshot(path, (db) =>
        db.get<{ total: number; version: number }>('SELECT sum(a) AS total, max(version) AS version FROM t')!,
      );
      expect(total).toBe(0);
      seen.add(version);
    }
    child.kill('SIGKILL');
  },
);
