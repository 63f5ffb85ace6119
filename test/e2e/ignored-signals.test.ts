import { readFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { Place, PROGRAM, until } from '../support/run.ts';

const NODE = path.dirname(process.execPath);
const SCRIPT = String.raw`$'say one\nread x\nsleep 1500ms\nsay two'`;

/** Runs a script in which `$send` begins a send; it is sent a signal once it answers. Resolves to what it printed. */
async function signalled(
  shell: string,
  script: string,
  signal: NodeJS.Signals,
  begin: string,
): Promise<string> {
  const place = new Place();
  place.env['PATH'] = `${NODE}:${place.env['PATH']}`;
  const id = await place.newSession();
  const child = spawn(shell, ['-c', script.replaceAll('$send', () => `${begin} send ${id} ${SCRIPT}`)], {
    cwd: place.root,
    env: place.env,
    stdio: 'ignore',
    detached: true,
  });
  const read = (name: string): string => {
    try {
      return readFileSync(path.join(place.root, name), 'utf8');
    } catch {
      return '';
    }
  };
  await until(() => read('out').includes('one'));
  process.kill(Number(read('pid')), signal);
  await until(() => read('status') !== '');
  await sleep(50);
  child.kill('SIGKILL');
  return `${read('out')}${read('status')}`;
}

const END = 'echo $! > pid; wait $!; echo $? > status';

describe.each([
  ['the program', PROGRAM],
  ['node with the program', `${process.execPath} ${PROGRAM}`],
])('a signal that was ignored when %s began stays ignored', (_, begin) => {
  test.each([
    ['nohup', `nohup $send > out & ${END}`],
    ['a trap', `trap '' HUP; $send > out & ${END}`],
  ])('SIGHUP, by %s', async (_way, script) => {
    expect(await signalled('bash', script, 'SIGHUP', begin)).toBe('one\n\ntwo\n0\n');
  });

  test('and others are not', async () => {
    expect(await signalled('bash', `nohup $send > out & ${END}`, 'SIGTERM', begin)).toBe('one\n143\n');
    expect(await signalled('bash', `$send > out & ${END}`, 'SIGHUP', begin)).toBe('one\n129\n');
  });
});

test('SIGINT, which a shell without jobs ignores for what it starts in the background', async () => {
  expect(await signalled('bash', `$send > out & ${END}`, 'SIGINT', PROGRAM)).toBe('one\n\ntwo\n0\n');
});
