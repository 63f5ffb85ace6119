import { existsSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openStore } from '../../../src/store/sqlite/open.ts';
import { newSession } from '../../support/store-model.ts';
import { makeDirectory, startProgram } from '../../support/store-program.ts';

const versions = (path: string): number[] => [...readFileSync(path).subarray(18, 20)];

/** A store of one session, as it was before stores were sealed. */
async function makeUnsealed(): Promise<string> {
  const path = join(makeDirectory(), 'sessions.sqlite');
  const store = await openStore(path, { access: 'write' });
  for (let n = 0; n < 60; n++)
    await store.sessions.insert(
      newSession({ id: n.toString(16).padStart(8, '0'), systemPrompt: 'OLD'.repeat(2_000) }),
    );
  await store.close();
  return path;
}

function breakSeal(path: string): void {
  const bytes = readFileSync(path);
  bytes[18] = 1;
  writeFileSync(path, bytes);
}

test('a store is sealed from its first page on, and its journal is no name that SQLite looks for', async () => {
  const path = await makeUnsealed();
  expect(versions(path)).toEqual([3, 1]);
  expect(existsSync(`${path}-journal`)).toBe(false);
  expect(existsSync(`${path}.journal`)).toBe(true);
});

test.each(['read', 'write'] as const)('an unsealed store is sealed when opened to %s', async (access) => {
  const path = await makeUnsealed();
  breakSeal(path);
  writeFileSync(`${path}-journal`, '');
  const store = await openStore(path, { access });
  expect(versions(path)).toEqual([3, 1]);
  expect(existsSync(`${path}-journal`)).toBe(false);
  expect(await store.sessions.count({})).toBe(60);
  await store.close();
});

test('what a crash left of an unsealed store is rolled back before it is sealed', async () => {
  const path = await makeUnsealed();
  const { ended } = await startProgram('crasher', [path, 40]);
  expect((await ended).signal).toBe('SIGKILL');
  breakSeal(path);
  renameSync(`${path}.journal`, `${path}-journal`);
  expect(readFileSync(path, 'latin1')).toContain('NEWNEW');
  const store = await openStore(path, { access: 'read' });
  expect(versions(path)).toEqual([3, 1]);
  expect(readFileSync(path, 'latin1')).not.toContain('NEWNEW');
  expect(await store.sessions.count({})).toBe(60);
  await store.close();
  expect(existsSync(`${path}-journal`)).toBe(false);
  expect(statSync(`${path}.journal`, { throwIfNoEntry: false })?.size ?? 0).toBe(0);
});
