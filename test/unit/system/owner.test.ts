import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { expect, onTestFinished, test } from 'vitest';
import { describeOwner, isAlive, isGone, ownerOf, pidOf, selfOwner } from '../../../src/system/owner.ts';
import { start } from '../../support/store-program.ts';

const isLinux = process.platform === 'linux';

test('names this process: pid, birth, host and pid namespace', () => {
  expect(selfOwner()).toBe(ownerOf(process.pid));
  expect(selfOwner()).toMatch(
    isLinux ? /^\d+\.\d+@.+\/[0-9a-f]{0,8}-[0-9a-f]{8}\/pid:\[\d+\]$/ : /^\d+\.@.+$/,
  );
  expect(selfOwner()).toContain(`@${hostname()}`);
});

test('a running process lives, an ended one does not', async () => {
  const { child, ended } = start('sleep', ['60']);
  const owner = ownerOf(child.pid!);
  expect(isAlive(owner)).toBe(true);
  expect(pidOf(owner)).toBe(child.pid);
  child.kill('SIGKILL');
  await ended;
  expect(isAlive(owner)).toBe(false);
});

test.runIf(isLinux)('a pid that was given to another process is not the one that was meant', () => {
  expect(isAlive(selfOwner().replace(/\.\d+@/, '.1@'))).toBe(false);
});

test.runIf(isLinux)('nothing is known of another boot, nor of another machine, of the same name', () => {
  for (const other of [
    selfOwner().replace(/-[0-9a-f]{8}\/pid/, '-00000000/pid'),
    selfOwner().replace(/\/[0-9a-f]*-/, '/00000000-'),
  ]) {
    expect(other).not.toBe(selfOwner());
    expect(isAlive(other)).toBe('unknown');
    expect(pidOf(other)).toBeUndefined();
    expect(describeOwner(other)).toBe(`process ${process.pid} on another boot or machine of this name`);
  }
});

test('who is unknown is gone only after a time without a sign of life', () => {
  const unknown = '7.1@elsewhere/a-b/pid:[1]';
  expect(isGone(unknown, 1_000, 60_000, 61_000)).toBe(false);
  expect(isGone(unknown, 1_000, 60_000, 61_001)).toBe(true);
  expect(isGone(selfOwner(), 0, 0, 1e15)).toBe(false);
  expect(
    isGone(
      selfOwner()
        .replace(/\.\d*@/, '.1@')
        .replace(/^\d+/, '4194304'),
      1e15,
      1e15,
      0,
    ),
  ).toBe(true);
});

test('an owner whose birth nobody knows is judged by its pid', () => {
  expect(isAlive(selfOwner().replace(/\.[^@]*@/, '.@'))).toBe(true);
});

test.runIf(isLinux)('a zombie is dead', async () => {
  // The shell's child ends while the shell has become a program that never waits for it.
  const parent = spawn('sh', ['-c', 'sleep 0.1 & echo $!; exec sleep 60'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void parent.kill('SIGKILL'));
  const pid = Number(String(await new Promise((resolve) => parent.stdout.once('data', resolve))));
  const owner = ownerOf(pid);
  expect(isAlive(owner)).toBe(true);
  await expect.poll(() => readFileSync(`/proc/${pid}/stat`, 'latin1')).toContain(') Z ');
  expect(isAlive(owner)).toBe(false);
});

test.each([
  ['1.1@elsewhere/a-b/pid:[4026531836]', 'process 1 on elsewhere'],
  [selfOwner().replace(/@.*$/s, '@elsewhere'), `process ${process.pid} on elsewhere`],
  ['not an owner', 'another process'],
  ['', 'another process'],
])('nothing is known of %j', (owner, words) => {
  expect(isAlive(owner)).toBe('unknown');
  expect(pidOf(owner)).toBeUndefined();
  expect(describeOwner(owner)).toBe(words);
});

test('says who it is', () => {
  expect(describeOwner(selfOwner())).toBe(`process ${process.pid}`);
});
