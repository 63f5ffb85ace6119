import { randomBytes } from 'node:crypto';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { SessionError } from '../../../src/errors.ts';
import { openDatabase } from '../../../src/store/sqlite/engine/database.ts';
import { SESSION } from '../../../src/model/codec.ts';
import { insertRow } from '../../../src/store/sqlite/sessions.ts';
import { SCHEMA } from '../../../src/store/sqlite/schema.ts';
import { openStore } from '../../../src/store/sqlite/open.ts';
import type { Store } from '../../../src/store/store.ts';
import { selfOwner } from '../../../src/system/owner.ts';
import { newSession, newTurn } from '../../support/store-model.ts';
import { makeDirectory } from '../../support/store-program.ts';
import { runRaw } from '../../support/store-raw.ts';
import { latestVersion } from '../../../src/store/sqlite/engine/header.ts';

const mode = (path: string): string => (statSync(path).mode & 0o777).toString(8);

async function makeStore(path: string): Promise<void> {
  const store = await openStore(path, { access: 'write' });
  await store.sessions.insert(newSession());
  await store.close();
}

/** All files below a directory with their contents. */
function contentsOf(directory: string): [string, string][] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(directory, name)).isFile())
    .map((name) => [name, readFileSync(join(directory, name), 'latin1')]);
}

async function failure(work: Promise<unknown>): Promise<SessionError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(SessionError);
  return error as SessionError;
}

test('reading a store that is not there finds nothing, and creates nothing', async () => {
  const directory = makeDirectory();
  const store = await openStore(join(directory, 'home', 'sessions.sqlite'), { access: 'read' });
  expect(await store.sessions.find('0000aaaa')).toBeUndefined();
  expect(await store.sessions.list({})).toEqual([]);
  expect(await store.sessions.count({})).toBe(0);
  expect(await store.messages.list({ sessionId: '0000aaaa' })).toEqual([]);
  for await (const _ of store.messages.readContent(2)) expect.fail('There is no content.');
  expect(await failure(store.sessions.insert(newSession()))).toMatchObject({ code: 'STORE_UNREADABLE' });
  await store.close();
  expect(readdirSync(directory)).toEqual([]);
});

test('a new store is its owner’s alone', async () => {
  const home = join(makeDirectory(), 'a', 'home');
  await makeStore(join(home, 'sessions.sqlite'));
  expect([mode(home), mode(join(home, 'sessions.sqlite'))]).toEqual(['700', '600']);
  expect(readdirSync(home).filter((name) => name.includes('lock'))).toEqual([]);
});

test('writes are durable and checked', async () => {
  const path = join(makeDirectory(), 'sessions.sqlite');
  const database = await openDatabase(path, SCHEMA, { access: 'write' });
  const pragma = (name: string) =>
    database.write((tx) => Object.values(tx.get<object>(`PRAGMA ${name}`)!)[0]);
  expect(await pragma('synchronous')).toBe(2);
  expect(await pragma('foreign_keys')).toBe(1);
  expect(await pragma('journal_mode')).toBe('truncate');
  await database.close();
});

test.each(['read', 'write'] as const)('an empty file is a damaged store: %s', async (access) => {
  const path = join(makeDirectory(), 'sessions.sqlite');
  await makeStore(path);
  truncateSync(path, 0);
  await expect(openStore(path, { access })).rejects.toMatchObject({ code: 'STORE_CORRUPT' });
  expect(readFileSync(path)).toHaveLength(0);
});

test('mode switches of an older store are among the changes', async () => {
  const path = join(makeDirectory(), 'sessions.sqlite');
  const older = { ...SCHEMA, steps: SCHEMA.steps.slice(0, 6) };
  const database = await openDatabase(path, older, { access: 'write' });
  const row = SESSION.toRow({ ...newSession(), lastActiveAt: 1_000 });
  const switched = { session_id: '0000aaaa', from_mode: 'power', to_mode: 'user', by_user: 'ann', at: 7 };
  await database.write((tx) => {
    insertRow(tx, 'sessions', row);
    insertRow(tx, 'mode_switches', switched);
  });
  await database.close();
  const store = await openStore(path, { access: 'read' });
  expect(await store.sessions.changes('0000aaaa')).toEqual([
    { sessionId: '0000aaaa', what: 'mode', from: 'power', to: 'user', by: 'ann', at: 7 },
  ]);
  await store.close();
});

test('a new store takes nothing over from what a lost one left', async () => {
  const path = join(makeDirectory(), 'sessions.sqlite');
  for (const suffix of ['.journal', '-journal', '.new', '.new.journal'])
    writeFileSync(path + suffix, randomBytes(9_000));
  await makeStore(path);
  expect(readdirSync(dirname(path)).toSorted()).toEqual(['sessions.sqlite', 'sessions.sqlite.journal']);
});

describe('an older store', () => {
  const OLDER = { first: 3, steps: ['CREATE TABLE things (a INTEGER)'] };
  const NEWER = {
    first: 3,
    steps: [
      ...OLDER.steps,
      'ALTER TABLE things ADD COLUMN b INTEGER NOT NULL DEFAULT 7',
      'CREATE INDEX c ON things (b)',
    ],
  };

  async function makeOlder(): Promise<string> {
    const path = join(makeDirectory(), 'sessions.sqlite');
    const database = await openDatabase(path, OLDER, { access: 'write' });
    await database.write((tx) => tx.run('INSERT INTO things VALUES (1)'));
    await database.close();
    return path;
  }

  test.each(['read', 'write'] as const)('is brought up to date when opened to %s', async (access) => {
    const path = await makeOlder();
    const database = await openDatabase(path, NEWER, { access });
    expect(await database.read((tx) => tx.all('SELECT * FROM things'))).toEqual([{ a: 1, b: 7 }]);
    await database.close();
    expect(await failure(openDatabase(path, OLDER, { access }))).toMatchObject({
      code: 'STORE_NEWER',
    });
  });

  test('stays as it was when a step fails', async () => {
    const path = await makeOlder();
    const broken = { first: 3, steps: [...NEWER.steps, 'CREATE TABLE things (a INTEGER)'] };
    await expect(openDatabase(path, broken, { access: 'write' })).rejects.toThrow('already exists');
    const database = await openDatabase(path, OLDER, { access: 'write' });
    expect(await database.read((tx) => tx.all('SELECT * FROM things'))).toEqual([{ a: 1 }]);
    await database.close();
  });
});

describe.each(['read', 'write'] as const)('opened to %s', (access) => {
  test.each([
    [
      'a newer store',
      'STORE_NEWER',
      'newer version',
      (path: string) => runRaw(path, `PRAGMA user_version = ${latestVersion(SCHEMA) + 1}`),
    ],
    [
      "another program's database",
      'STORE_UNREADABLE',
      'another program',
      async (path: string) => {
        rmSync(path);
        await runRaw(path, 'CREATE TABLE t (a); INSERT INTO t VALUES (1)');
      },
    ],
    [
      'a text file',
      'STORE_UNREADABLE',
      'not a session store',
      async (path: string) => writeFileSync(path, 'Dear diary, this is no database.\n'.repeat(50)),
    ],
    [
      'a short file',
      'STORE_UNREADABLE',
      'not a session store',
      async (path: string) => writeFileSync(path, 'Dear diary'),
    ],
    [
      'a store in WAL mode',
      'STORE_UNREADABLE',
      'WAL',
      (path: string) => runRaw(path, 'PRAGMA journal_mode = WAL'),
    ],
  ])('%s fails with a sentence, and stays as it is', async (_, code, words, damage) => {
    const directory = makeDirectory();
    const path = join(directory, 'sessions.sqlite');
    await makeStore(path);
    await damage(path);
    const before = contentsOf(directory);
    const error = await failure(openStore(path, { access }));
    expect(error.code).toBe(code);
    expect(error.message).toContain(path);
    expect(error.message).toContain(words);
    expect(error.hint).toMatch(/.{20}/);
    expect(contentsOf(directory)).toEqual(before);
  });

  test('a directory in its place', async () => {
    const path = makeDirectory();
    expect(await failure(openStore(path, { access }))).toMatchObject({ code: 'STORE_UNREADABLE' });
  });

  test('a store in use names who uses it', async () => {
    const path = join(makeDirectory(), 'sessions.sqlite');
    await makeStore(path);
    symlinkSync(selfOwner(), `${path}.lock`);
    const busy = await failure(openStore(path, { access, timeoutMs: 30 }));
    expect(busy).toMatchObject({
      code: 'STORE_BUSY',
      message: expect.stringContaining(`process ${process.pid}`),
    });
    rmSync(`${path}.lock`);
    mkdirSync(`${path}.lock`);
    expect(await failure(openStore(path, { access, timeoutMs: 30 }))).toMatchObject({
      code: 'STORE_BUSY',
      message: expect.stringContaining('sqlite3'),
      hint: expect.stringContaining(`${path}.lock`),
    });
  });
});

test('a damaged store says so, and is not made worse', async () => {
  const path = join(makeDirectory(), 'sessions.sqlite');
  await makeStore(path);
  const bytes = readFileSync(path);
  bytes.fill(0x5a, 4096);
  writeFileSync(path, bytes);
  const store = await openStore(path, { access: 'write' });
  expect(await failure(store.sessions.find('0000aaaa'))).toMatchObject({
    code: 'STORE_CORRUPT',
    message: expect.stringContaining(path),
  });
  expect(await failure(store.turns.enqueue(newTurn('0000aaaa')))).toMatchObject({ code: 'STORE_CORRUPT' });
  await store.close();
  expect(readFileSync(path).equals(bytes)).toBe(true);
});

test.each([
  ['without a table', 'PRAGMA foreign_keys = OFF; DROP TABLE turns', (store: Store) => store.turns.open()],
  [
    'with a row that makes no sense',
    "UPDATE sessions SET tags = 'x'",
    (store: Store) => store.sessions.find('0000aaaa'),
  ],
])('a store %s is damaged', async (_, script, use) => {
  const path = join(makeDirectory(), 'sessions.sqlite');
  await makeStore(path);
  await runRaw(path, script);
  const opening = openStore(path, { access: 'write' });
  const damage = { code: 'STORE_CORRUPT', message: expect.stringContaining(path) };
  const store = await opening;
  expect(await failure(use(store))).toMatchObject(damage);
  await store.close();
});

test('several stores are open at once, and work of one process keeps its order', async () => {
  const directory = makeDirectory();
  const stores = await Promise.all(
    ['a', 'b', 'b'].map((name) => openStore(join(directory, name), { access: 'write' })),
  );
  const [a, b, sameAsB] = stores as [(typeof stores)[0], (typeof stores)[0], (typeof stores)[0]];
  await Promise.all([
    a.sessions.insert(newSession({ id: '0000000a' })),
    b.sessions.insert(newSession({ id: '0000000b' })),
    sameAsB.sessions.insert(newSession({ id: '0000000c' })),
  ]);
  await a.close();
  expect(await b.sessions.count({})).toBe(2);
  expect((await sameAsB.sessions.find('0000000b'))?.id).toBe('0000000b');
  await Promise.all([b.close(), sameAsB.close()]);
});
