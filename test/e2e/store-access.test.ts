import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openStore } from '../../src/store/sqlite/open.ts';
import { readSnapshot } from '../../src/store/sqlite/engine/snapshot.ts';
import { newSession } from '../support/store-model.ts';
import { buildProgram, makeDirectory, start, startProgram } from '../support/store-program.ts';
import { runRaw } from '../support/store-raw.ts';

/** Uses the store in a process without write access (root's rights are dropped). */
async function probe(path: string, access: 'read' | 'write'): Promise<Record<string, unknown>> {
  const { ended } = await startProgram('probe', [path, access], { AS_NOBODY: '1' });
  const { stdout, stderr } = await ended;
  expect(stderr).toBe('');
  return JSON.parse(stdout) as Record<string, unknown>;
}

/** A store of one session in a directory that others may look into but not write to. */
async function makeShared(): Promise<{ directory: string; path: string }> {
  const top = makeDirectory();
  const directory = join(top, 'home');
  mkdirSync(directory);
  const path = join(directory, 'sessions.sqlite');
  const store = await openStore(path, { access: 'write' });
  await store.sessions.insert(newSession({ systemPrompt: 'OLD'.repeat(3_000) }));
  await store.close();
  chmodSync(top, 0o755);
  chmodSync(path, 0o644);
  rmSync(`${path}.journal`);
  chmodSync(directory, 0o555);
  onTestFinished(() => chmodSync(directory, 0o755));
  return { directory, path };
}

describe('a directory without write access', () => {
  test('is good enough to read, and stays as it is', async () => {
    const { directory, path } = await makeShared();
    chmodSync(directory, 0o755);
    writeFileSync(`${path}.journal`, '', { mode: 0o600 });
    chmodSync(directory, 0o555);
    const before = readdirSync(directory);
    expect(await probe(path, 'read')).toEqual({ sessions: 1 });
    expect(readdirSync(directory)).toEqual(before);
  });

  test('is not good enough to write', async () => {
    const { directory, path } = await makeShared();
    const bytes = readFileSync(path);
    const outcome = await probe(path, 'write');
    expect(outcome).toMatchObject({
      isOpen: false,
      code: 'STORE_UNREADABLE',
      hint: expect.stringContaining('access'),
    });
    expect(outcome['message']).toContain(path);
    expect(readFileSync(path).equals(bytes)).toBe(true);
    expect(await probe(join(directory, 'new', 'sessions.sqlite'), 'write')).toMatchObject({
      code: 'STORE_UNREADABLE',
    });
  });

  test.each([
    ['newer', 'PRAGMA user_version = 99', 'STORE_NEWER', 'newer version'],
    ['older', 'PRAGMA user_version = 0', 'STORE_UNREADABLE', 'before the first release'],
  ])('with a store that is %s', async (_, script, code, words) => {
    const { directory, path } = await makeShared();
    chmodSync(directory, 0o755);
    await runRaw(path, script);
    chmodSync(directory, 0o555);
    expect(await probe(path, 'read')).toMatchObject({ code, message: expect.stringContaining(words) });
  });

  test('where a crash left a journal, is read as it was before the crash', async () => {
    const { directory, path } = await makeShared();
    chmodSync(directory, 0o755);
    const { ended } = await startProgram('crasher', [path, 1]);
    expect((await ended).signal).toBe('SIGKILL');
    chmodSync(directory, 0o555);
    const journal = readFileSync(`${path}.journal`);
    expect(journal.length).toBeGreaterThan(0);
    expect(await probe(path, 'read')).toEqual({ sessions: 1 });
    expect(readFileSync(`${path}.journal`).equals(journal)).toBe(true);
  });
});

test.each(['read', 'write'] as const)('a store that may not even be read: %s', async (access) => {
  const { path } = await makeShared();
  chmodSync(path, 0o000);
  expect(await probe(path, access)).toMatchObject({
    code: 'STORE_UNREADABLE',
    message: expect.stringContaining(path),
  });
});

test('a file without write access in a directory with it can be read, not written', async () => {
  const { directory, path } = await makeShared();
  chmodSync(path, 0o444);
  chmodSync(directory, 0o777);
  expect(await probe(path, 'read')).toEqual({ sessions: 1 });
  expect(await probe(path, 'write')).toMatchObject({ code: 'STORE_UNREADABLE' });
  expect(readdirSync(directory).filter((name) => name.includes('lock'))).toEqual([]);
});

/** Mounts a file system of two megabytes where the system lets us. */
function mountSmall(): string | undefined {
  const directory = makeDirectory();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m,nr_inodes=20', 'tmpfs', directory], {
      stdio: 'ignore',
    });
  } catch {
    return undefined;
  }
  onTestFinished(() => void execFileSync('umount', ['-l', directory]));
  return directory;
}

async function expectWhole(
  path: string,
  outcome: { stored: number; code: string; message: string },
): Promise<void> {
  expect(outcome).toMatchObject({ code: 'STORE_FULL', message: expect.stringContaining(path) });
  expect(outcome.stored).toBeGreaterThan(0);
  const check = await readSnapshot(path, (db) => db.get('PRAGMA integrity_check'), { isSealed: true });
  expect(check).toEqual({ integrity_check: 'ok' });
  const store = await openStore(path, { access: 'read' });
  const messages = await store.messages.list({ sessionId: '0000aaaa', role: 'assistant' }, { whole: true });
  expect(messages.map(({ content }) => content.length)).toEqual(
    Array.from({ length: outcome.stored }, () => 300_000),
  );
  await store.close();
}

test('a full disk is said to be one, and what was stored stays', async () => {
  const small = mountSmall();
  // Where nothing can be mounted, a limit on the size of files has the kernel refuse in the same place.
  const path = join(small ?? makeDirectory(), 'sessions.sqlite');
  const limit = small === undefined ? 'trap "" XFSZ; ulimit -f 2000; ' : '';
  const { ended } = start('sh', [
    '-c',
    `${limit}exec "$0" "$@"`,
    process.execPath,
    await buildProgram('filler'),
    path,
  ]);
  const { stdout, stderr } = await ended;
  expect(stderr).toBe('');
  await expectWhole(path, JSON.parse(stdout) as { stored: number; code: string; message: string });
});

test('a disk so full that no lock can be made can still be read', async () => {
  const small = mountSmall();
  if (small === undefined) return; // Only a file system of its own can be filled so.
  const path = join(small, 'sessions.sqlite');
  const store = await openStore(path, { access: 'write' });
  await store.sessions.insert(newSession());
  expect(() => {
    for (let n = 0; n < 10_000; n++) writeFileSync(join(small, `file-${n}`), '');
  }).toThrow(expect.objectContaining({ code: 'ENOSPC' }));
  await expect(store.sessions.find('0000aaaa')).rejects.toMatchObject({ code: 'STORE_FULL' });
  await store.close();
  await expect(openStore(path, { access: 'write' })).rejects.toMatchObject({ code: 'STORE_FULL' });
  const reader = await openStore(path, { access: 'read' });
  expect(await reader.sessions.count({})).toBe(1);
  await reader.close();
});

test('a limit on the size of files is a full disk too', async () => {
  const path = join(makeDirectory(), 'sessions.sqlite');
  const script = 'trap "" XFSZ; ulimit -f 2000; exec "$0" "$@"';
  const { ended } = start('sh', ['-c', script, process.execPath, await buildProgram('filler'), path]);
  const { stdout } = await ended;
  await expectWhole(path, JSON.parse(stdout) as { stored: number; code: string; message: string });
});

test('no room for even the first page leaves no store behind', async () => {
  const path = join(makeDirectory(), 'sessions.sqlite');
  const script = 'trap "" XFSZ; ulimit -f 8; exec "$0" "$@"';
  const { ended } = start('sh', ['-c', script, process.execPath, await buildProgram('probe'), path, 'write']);
  expect(JSON.parse((await ended).stdout)).toMatchObject({ code: 'STORE_FULL' });
  const reader = await openStore(path, { access: 'read' });
  expect(await reader.sessions.count({})).toBe(0);
  await reader.close();
});
