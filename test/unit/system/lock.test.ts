import fs, {
  lstatSync,
  lutimesSync,
  mkdirSync,
  readdirSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { FileLock } from '../../../src/system/lock.ts';
import { ownerOf, selfOwner } from '../../../src/system/owner.ts';
import { makeDirectory, start, startProgram } from '../../support/store-program.ts';

const LONG_AGO = new Date(Date.now() - 120_000);
const FOREIGN = '7.1-aaaaaaaa@elsewhere/pid:[1]';

function makePath(): string {
  return join(makeDirectory(), 'thing.lock');
}

async function deadOwner(): Promise<string> {
  const { child, ended } = start('sleep', ['60']);
  const owner = ownerOf(child.pid!);
  child.kill('SIGKILL');
  await ended;
  return owner;
}

describe.each([
  ['a symbolic link', true],
  ['an exclusively created file', false],
])('as %s', (_, links) => {
  const makeLock = (path: string): FileLock => new FileLock(path, { links });
  const leave = (path: string, owner: string): void =>
    links ? symlinkSync(owner, path) : writeFileSync(path, owner);

  test('excludes others until it is released, and names its holder', async () => {
    const path = makePath();
    const [mine, other] = [makeLock(path), makeLock(path)];
    expect(mine.holder()).toBeUndefined();
    expect(mine.tryAcquire()).toBe(true);
    expect(lstatSync(path).isSymbolicLink()).toBe(links);
    expect(other.holder()).toBe(selfOwner());
    expect(other.tryAcquire()).toBe(false);
    expect(await other.acquire(30)).toBe(false);
    other.release();
    expect(mine.confirm()).toBe(true);
    mine.release();
    expect(mine.isHeld).toBe(false);
    expect(await other.acquire(0)).toBe(true);
    other.release();
    expect(readdirSync(dirname(path))).toEqual([]);
  });

  test('waits without blocking the event loop', async () => {
    const path = makePath();
    const [mine, other] = [makeLock(path), makeLock(path)];
    mine.tryAcquire();
    setTimeout(() => mine.release(), 60);
    expect(await other.acquire(10_000)).toBe(true);
    expect(mine.isHeld).toBe(false);
    other.release();
    expect(readdirSync(dirname(path))).toEqual([]);
  });

  test('takes the lock of a dead owner away at once, and leaves nothing behind', async () => {
    const path = makePath();
    leave(path, await deadOwner());
    const lock = makeLock(path);
    expect(lock.tryAcquire()).toBe(true);
    expect(lock.holder()).toBe(selfOwner());
    lock.release();
    expect(readdirSync(dirname(path))).toEqual([]);
  });

  test('goes on when an evictor died in the middle of it', async () => {
    const path = makePath();
    const [owner, evictor] = [await deadOwner(), await deadOwner()];
    leave(path, owner);
    leave(`${path}.evict.${owner.replace(/[^\w.-]/g, '_')}`, evictor);
    leave(`${path}.evict.someone-long-gone`, evictor);
    expect(await makeLock(path).acquire(1_000)).toBe(true);
    expect(readdirSync(dirname(path))).toEqual(['thing.lock']);
  });

  test('takes over from a holder that is killed', async () => {
    const path = makePath();
    const { child, says, ended } = await startProgram('lock-holder', [path, links ? 'link' : 'file']);
    await says('held');
    const lock = makeLock(path);
    expect(lock.tryAcquire()).toBe(false);
    expect(lock.holder()).toBe(ownerOf(child.pid!));
    child.kill('SIGKILL');
    expect(await lock.acquire(10_000)).toBe(true);
    await ended;
  });

  test("leaves another host's lock alone, until it has shown no sign of life for a minute", async () => {
    const path = makePath();
    leave(path, FOREIGN);
    expect(await makeLock(path).acquire(20)).toBe(false);
    const almost = new Date(Date.now() - 58_000);
    lutimesSync(path, almost, almost);
    expect(await makeLock(path).acquire(20)).toBe(false);
    lutimesSync(path, LONG_AGO, LONG_AGO);
    expect(makeLock(path).tryAcquire()).toBe(true);
  });

  test('shows signs of life, and notices that it was taken away', () => {
    const path = makePath();
    const lock = makeLock(path);
    lock.tryAcquire();
    lutimesSync(path, LONG_AGO, LONG_AGO);
    expect(lock.confirm()).toBe(true);
    expect(lstatSync(path).mtimeMs).toBeLessThan(LONG_AGO.getTime() + 1_000);
    expect(lock.confirm(0)).toBe(true);
    expect(lstatSync(path).mtimeMs).toBeGreaterThan(LONG_AGO.getTime() + 1_000);
    unlinkSync(path);
    leave(path, FOREIGN);
    expect(lock.confirm(0)).toBe(false);
    expect(lock.isHeld).toBe(false);
    lock.release();
    expect(lock.holder()).toBe(FOREIGN);
  });
});

test('who comes late to a dead owner leaves the lock to whoever was quicker', async () => {
  const path = makePath();
  symlinkSync(await deadOwner(), path);
  const [late, quick] = [new FileLock(path), new FileLock(path)];
  const { symlinkSync: link } = fs;
  const restore = (): void => {
    fs.symlinkSync = link;
    syncBuiltinESMExports();
  };
  onTestFinished(restore);
  // The late one has found the owner dead, and is about to take its lock away.
  fs.symlinkSync = (target, at) => {
    if (String(at).includes('.evict.')) {
      restore();
      expect(quick.tryAcquire()).toBe(true);
    }
    link(target, at);
  };
  syncBuiltinESMExports();
  expect(late.tryAcquire()).toBe(false);
  expect(quick.confirm(0)).toBe(true);
  expect(readdirSync(dirname(path))).toEqual(['thing.lock']);
});

test('a file that is being written by its owner is a lock', () => {
  const path = makePath();
  writeFileSync(path, '');
  const lock = new FileLock(path);
  expect(lock.tryAcquire()).toBe(false);
  expect(lock.holder()).toBe('');
  utimesSync(path, LONG_AGO, LONG_AGO);
  expect(lock.tryAcquire()).toBe(true);
});

test("a directory, SQLite's own kind of lock, is never taken away", async () => {
  const path = makePath();
  mkdirSync(path);
  utimesSync(path, LONG_AGO, LONG_AGO);
  const lock = new FileLock(path);
  expect(await lock.acquire(20)).toBe(false);
  expect(lock.holder()).toBe('');
  expect(lstatSync(path).isDirectory()).toBe(true);
});

test('both kinds exclude each other', () => {
  const path = makePath();
  const [link, file] = [new FileLock(path), new FileLock(path, { links: false })];
  link.tryAcquire();
  expect(file.tryAcquire()).toBe(false);
  link.release();
  file.tryAcquire();
  expect(link.tryAcquire()).toBe(false);
});

test('says what the system says where no lock can be made', async () => {
  const lock = new FileLock('/nonexistent/thing.lock');
  await expect(lock.acquire(1_000)).rejects.toMatchObject({ code: 'ENOENT' });
});

describe('who has just had the lock', () => {
  test('leaves it to whoever waits to be next', async () => {
    const path = makePath();
    const [greedy, waiter] = [new FileLock(path), new FileLock(path)];
    greedy.tryAcquire();
    const waiting = waiter.acquire(10_000);
    await expect
      .poll(() => lstatSync(`${path}.next`, { throwIfNoEntry: false })?.isSymbolicLink(), { interval: 2 })
      .toBe(true);
    greedy.release();
    const again = greedy.acquire(10_000);
    expect(await Promise.race([waiting.then(() => 'waiter'), again.then(() => 'greedy')])).toBe('waiter');
    waiter.release();
    expect(await again).toBe(true);
  });

  test('does not wait long for a waiter that is stopped, nor at all for a dead one', async () => {
    const path = makePath();
    const { child, says } = await startProgram('lock-holder', [makePath()]);
    await says('held');
    const lock = new FileLock(path);
    lock.tryAcquire();
    symlinkSync(ownerOf(child.pid!), `${path}.next`);
    lock.release();
    const since = performance.now();
    expect(await lock.acquire(5_000)).toBe(true);
    expect(performance.now() - since).toBeGreaterThan(5);
    unlinkSync(`${path}.next`);
    symlinkSync(await deadOwner(), `${path}.next`);
    lock.release();
    expect(await lock.acquire(0)).toBe(true);
    expect(readdirSync(dirname(path))).toEqual(['thing.lock']);
  });
});
