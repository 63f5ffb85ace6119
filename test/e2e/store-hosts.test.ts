import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openStore } from '../../src/store/sqlite/open.ts';
import { readSnapshot } from '../../src/store/sqlite/engine/snapshot.ts';
import { buildProgram, makeDirectory, start } from '../support/store-program.ts';

/** SESSION_TORTURE=full is the long run. */
const APPENDS = process.env['SESSION_TORTURE'] === 'full' ? 1_000 : 15;
const HOSTS = ['a', 'a', 'b', 'b'];

function mayUnshare(): boolean {
  try {
    execFileSync('unshare', ['-m', 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** A program as on another boot of a host of the same name: where the system lets us, with another boot id in its place. */
async function startOn(host: string, directory: string, argv: (string | number)[]) {
  const bootId = join(directory, `boot-${host}`);
  writeFileSync(bootId, `${host.repeat(8)}-0000-4000-8000-000000000000\n`);
  const script = 'mount --bind "$0" /proc/sys/kernel/random/boot_id && exec "$@"';
  return start('unshare', [
    '-m',
    'sh',
    '-c',
    script,
    bootId,
    process.execPath,
    await buildProgram('appender'),
    ...argv,
  ]);
}

test('two hosts of one name share a store without harm', { timeout: 600_000 }, async () => {
  if (!mayUnshare()) return; // Only root may give a process another boot id.
  const directory = makeDirectory();
  const path = join(directory, 'sessions.sqlite');
  const running = await Promise.all(HOSTS.map((host, n) => startOn(host, directory, [path, n, APPENDS])));
  const ends = await Promise.all(running.map(({ ended }) => ended));
  expect(ends.map(({ code, stderr }) => [code, stderr])).toEqual(HOSTS.map(() => [0, '']));
  const store = await openStore(path, { access: 'read' });
  for (const n of HOSTS.keys())
    expect(await store.sessions.find(`0000000${n}`)).toMatchObject({
      turnCount: APPENDS,
      messageCount: 2 * APPENDS,
    });
  await store.close();
  const check = await readSnapshot(path, (db) => db.get('PRAGMA integrity_check'), { isSealed: true });
  expect(check).toEqual({ integrity_check: 'ok' });
});
