import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openStore } from '../../src/store/sqlite/open.ts';
import { readSnapshot } from '../../src/store/sqlite/engine/snapshot.ts';
import { newSession, newTurn, turnEnd } from '../support/store-model.ts';
import { makeDirectory, startProgram } from '../support/store-program.ts';
import { isInstalled } from '../support/installed.ts';

test('a crash among the pages of a commit is rolled back', async () => {
  const path = join(makeDirectory(), 'sessions.sqlite');
  const store = await openStore(path, { access: 'write' });
  const systemPrompt = 'OLD'.repeat(2_000);
  for (let n = 0; n < 60; n++) {
    await store.sessions.insert(newSession({ id: n.toString(16).padStart(8, '0'), systemPrompt }));
  }
  await store.close();
  const crashed = await (await startProgram('crasher', [path, 40])).ended;
  expect(crashed).toMatchObject({ signal: 'SIGKILL', stderr: '' });
  expect(statSync(`${path}.journal`).size).toBeGreaterThan(0);
  expect(readFileSync(path, 'latin1'), 'torn').toMatch(/(?=[^]*NEWNEW)[^]*OLDOLD/);

  const again = await openStore(path, { access: 'read' });
  const ids = (await again.sessions.list({})).map(({ id }) => id);
  expect(ids).toHaveLength(60);
  for (const id of ids) expect(await again.sessions.find(id)).toMatchObject({ systemPrompt });
  await again.close();
  expect(await readSnapshot(path, (db) => db.get('PRAGMA integrity_check'), { isSealed: true })).toEqual({
    integrity_check: 'ok',
  });
  expect(readFileSync(path, 'latin1')).not.toContain('NEWNEW');
});

test('thirty-two processes create a session each, in a store that none of them found', async () => {
  const directory = join(makeDirectory(), 'home');
  const path = join(directory, 'sessions.sqlite');
  const ids = Array.from({ length: 32 }, (_, n) => `000000${n.toString(16).padStart(2, '0')}`);
  const ends = await Promise.all(
    ids.map(async (id) => (await startProgram('probe', [path, 'write', id])).ended),
  );
  expect(ends.map(({ code, stderr }) => [code, stderr])).toEqual(ids.map(() => [0, '']));
  expect(ends.map(({ stdout }) => JSON.parse(stdout) as object)).not.toContainEqual(
    expect.objectContaining({ code: expect.anything() }),
  );
  const store = await openStore(path, { access: 'read' });
  expect((await store.sessions.list({})).map(({ id }) => id).toSorted()).toEqual(ids);
  await store.close();
  expect(readdirSync(directory).filter((name) => name.includes('lock'))).toEqual([]);
});

test('sqlite3 reads the store in any mode, and writes it in none', async () => {
  const path = join(makeDirectory(), 'sessions.sqlite');
  const store = await openStore(path, { access: 'write', timeoutMs: 50 });
  await store.sessions.insert(newSession());
  const { turn } = await store.turns.enqueue(newTurn('0000aaaa', { message: 'naïve 😀' }));
  await store.turns.finish(turn.id, 'me', turnEnd());
  const sqlite3 = (file: string, sql: string): string =>
    execFileSync('sqlite3', [file, sql], { encoding: 'utf8', stdio: 'pipe' }).trim();
  if (isInstalled('sqlite3')) {
    for (const file of [path, `file:${path}?mode=ro`, `file:${path}?vfs=unix-dotfile`]) {
      expect(sqlite3(file, 'SELECT group_concat(content) FROM messages')).toBe('naïve 😀,Hello to you');
      expect(() => sqlite3(file, "UPDATE sessions SET name = 'by hand'")).toThrow('readonly');
    }
    expect(sqlite3(path, 'PRAGMA integrity_check')).toBe('ok');
    expect((await store.sessions.find('0000aaaa'))?.name).toBeNull();
  }
  await store.close();
});
