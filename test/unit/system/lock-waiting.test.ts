import { lstatSync, lutimesSync, readlinkSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { FileLock } from '../../../src/system/lock.ts';
import { ownerOf, selfOwner } from '../../../src/system/owner.ts';
import { makeDirectory, start } from '../../support/store-program.ts';

const clock = vi.hoisted(() => ({ speed: 1 }));
vi.mock(import('../../../src/system/monotonic.ts'), () => ({
  monotonicMs: () => performance.now() * clock.speed,
}));

/** Another process that is alive. */
function startOther(): string {
  const { child } = start('sleep', ['60']);
  onTestFinished(() => void child.kill('SIGKILL'));
  return ownerOf(child.pid!);
}

function setTime(path: string, at: number): void {
  lutimesSync(path, new Date(at), new Date(at));
}

test.each([
  ['takes the place of a younger one', 60_000, true],
  ['leaves the place to an older one', -60_000, false],
])('who has waited long %s', async (_, sinceMs, isTaken) => {
  const path = join(makeDirectory(), 'thing.lock');
  const holder = new FileLock(path);
  holder.tryAcquire();
  symlinkSync(startOther(), `${path}.next`);
  setTime(`${path}.next`, Date.now() + sinceMs);
  const waiting = new FileLock(path).acquire(400);
  const began = Date.now();
  await expect.poll(() => Date.now() - began, { interval: 50, timeout: 1_000 }).toBeGreaterThan(200);
  expect(readlinkSync(`${path}.next`) === selfOwner()).toBe(isTaken);
  expect(await waiting).toBe(false);
  expect(lstatSync(`${path}.next`, { throwIfNoEntry: false }) === undefined).toBe(isTaken);
});

test('a holder without a sign of life is waited for 30 s; one that shows some, and those who come and go, for longer', async () => {
  const path = join(makeDirectory(), 'thing.lock');
  clock.speed = 100;
  onTestFinished(() => void (clock.speed = 1));
  new FileLock(path).tryAcquire();
  const since = performance.now();
  const alive = setInterval(() => setTime(path, Date.now()), 20);
  setTimeout(() => clearInterval(alive), 700);
  expect(await new FileLock(path).acquire(1e9)).toBe(false);
  expect(performance.now() - since).toBeGreaterThan(950);
});
