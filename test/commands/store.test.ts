import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  linkSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { backupStore } from '../../src/store/sqlite/backup.ts';
import { openStore } from '../../src/store/sqlite/open.ts';
import { selfOwner } from '../../src/system/owner.ts';
import { isInstalled } from '../support/installed.ts';
import { makeWorkplace } from '../support/run-command.ts';
import { newSession } from '../support/store-model.ts';

async function arrange() {
  const place = makeWorkplace();
  await place.run(['new', '--name', 'kept']);
  await place.run(['send', 'kept', 'say hello']);
  return { place, file: path.join(place.top, 'copy.sqlite') };
}

describe('store path and store status', () => {
  it('name a store that is not there yet, and make none', async () => {
    const place = makeWorkplace();
    expect((await place.run(['store', 'path'])).stdout).toBe(`${place.paths.store}\n`);
    expect(JSON.parse((await place.run(['store', 'path', '--json'])).stdout)).toEqual({
      path: place.paths.store,
    });
    const { stdout } = await place.run(['store', 'status', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ exists: false, sessions: 0, lock: null });
    expect((await place.run(['store', 'status'])).stdout).toContain('none yet');
    expect(existsSync(place.paths.home)).toBe(false);
  });

  it('count what there is, and say who holds the lock', async () => {
    const { place } = await arrange();
    writeFileSync(`${place.paths.store}.lock`, selfOwner());
    const { stdout } = await place.run(['store', 'status', '--json']);
    const status = JSON.parse(stdout) as { bytes: number };
    expect(status).toMatchObject({
      path: place.paths.store,
      exists: true,
      sessions: 1,
      turns: 1,
      messages: 2,
      journal_bytes: 0,
      lock: { owner: selfOwner(), state: 'held' },
    });
    expect(status.bytes).toBeGreaterThan(0);
    expect((await place.run(['store', 'status'])).stdout).toMatch(/^messages +2$/m);
  });

  it('take no file', async () => {
    const { status, stderr } = await makeWorkplace().run(['store', 'path', 'x']);
    expect([status, stderr]).toEqual([2, expect.stringContaining('does not take "x"')]);
  });
});

describe('store backup', () => {
  it('makes an ordinary database, which is a store again where it is put', async () => {
    const { place, file } = await arrange();
    const { status, stdout, stderr } = await place.run(['store', 'backup', file, '--json']);
    expect([status, stderr]).toEqual([0, expect.stringContaining('checked')]);
    const { length } = readFileSync(file);
    expect(JSON.parse(stdout)).toEqual({ file, bytes: length });
    expect(readFileSync(file)[18], 'others may write it').toBe(1);
    if (isInstalled('sqlite3'))
      expect(execFileSync('sqlite3', [file, 'SELECT name FROM sessions'], { encoding: 'utf8' })).toBe(
        'kept\n',
      );
    rmSync(place.paths.store);
    copyFileSync(file, place.paths.store);
    expect((await place.run(['history', 'kept'])).stdout).toContain('hello');
    expect(readFileSync(place.paths.store)[18], 'sealed again').toBe(3);
  });

  it('replaces no file but with --force, and never the store', async () => {
    const { place, file } = await arrange();
    writeFileSync(file, 'mine');
    const refused = await place.run(['store', 'backup', file]);
    expect([refused.status, readFileSync(file, 'utf8')]).toEqual([2, 'mine']);
    expect((await place.run(['store', 'backup', file, '--force'])).status).toBe(0);
    expect(readFileSync(file, 'latin1')).toContain('SQLite format 3');
    linkSync(place.paths.store, path.join(place.top, 'link'));
    for (const same of [place.paths.store, path.join(place.top, 'link'), place.top])
      expect((await place.run(['store', 'backup', same, '--force'])).status).toBe(2);
    expect(readdirSync(place.top).filter((name) => name.includes('part'))).toEqual([]);
  });

  it('needs a store, a file, and a directory for it', async () => {
    const place = makeWorkplace();
    expect((await place.run(['store', 'backup', 'x'])).status).toBe(9);
    expect((await place.run(['store', 'backup'])).status).toBe(2);
    await place.run(['new']);
    const { status, stdout } = await place.run(['store', 'backup', 'no/such/place', '--json']);
    expect([status, JSON.parse(stdout)]).toEqual([2, expect.objectContaining({ code: 'USAGE' })]);
  });

  it('makes none of a damaged store', async () => {
    const { place, file } = await arrange();
    const bytes = readFileSync(place.paths.store);
    bytes.fill(0x5a, bytes.length - 8192);
    writeFileSync(place.paths.store, bytes);
    expect((await place.run(['store', 'backup', file])).status).toBe(9);
    expect(existsSync(file)).toBe(false);
  });

  it('is one state of the store, whoever writes meanwhile', async () => {
    const place = makeWorkplace();
    const file = path.join(place.top, 'copy.sqlite');
    const store = await openStore(place.paths.store, { access: 'write' });
    const filler = 'x'.repeat(3_000_000);
    for (let n = 0; n < 8; n++)
      await store.sessions.insert(newSession({ id: `0000000${n}`, systemPrompt: filler }));
    let isOver = false;
    const writing = (async () => {
      for (let n = 0; !isOver; n++, await setImmediate())
        await store.sessions.insert(newSession({ id: (n + 256).toString(16).padStart(8, '0') }));
    })();
    await backupStore(place.paths.store, file, { force: false, signal: new AbortController().signal });
    isOver = true;
    await writing;
    await store.close();
    const copy = await openStore(file, { access: 'write' });
    expect(await copy.sessions.count({})).toBeGreaterThanOrEqual(8);
    await copy.close();
  });

  it('that is interrupted leaves nothing', async () => {
    const { place, file } = await arrange();
    const signal = AbortSignal.abort(new Error('interrupted'));
    await expect(backupStore(place.paths.store, file, { force: false, signal })).rejects.toThrow(
      'interrupted',
    );
    expect(readdirSync(place.top).filter((name) => name.includes('copy'))).toEqual([]);
  });
});
