import { spawn } from 'node:child_process';
import {
  appendFileSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { type FollowOptions, followLog } from '../../src/agents/process/follow.ts';
import { until } from '../support/agent-children.ts';
import { Random } from '../support/random.ts';
import { makeScratch } from '../support/turn-log.ts';

/** Follows in the background; `lines` grows as lines are seen. */
function follow(path: string, options: Partial<FollowOptions> = {}) {
  const lines: string[] = [];
  const state = { isOver: false };
  const ended = (async () => {
    for await (const batch of followLog(path, { isOver: () => state.isOver, ...options })) {
      lines.push(...batch.map((line) => line.text));
    }
  })();
  const seen = (count: number) => until(() => lines.length >= count);
  const finish = async (): Promise<string[]> => {
    state.isOver = true;
    await ended;
    return lines;
  };
  return { lines, seen, finish, ended };
}

function newLog(content?: string): string {
  const path = join(makeScratch(), 'turn.ndjson');
  if (content !== undefined) writeFileSync(path, content);
  return path;
}

test('lines are seen as they are written, the last one without a newline at the end', async () => {
  const path = newLog('one\ntw');
  const { lines, seen, finish } = follow(path);
  await seen(1);
  await sleep(150);
  expect(lines).toEqual(['one']);
  appendFileSync(path, 'o\nthree\n');
  await seen(3);
  appendFileSync(path, 'unfinished');
  expect(await finish()).toEqual(['one', 'two', 'three', 'unfinished']);
});

test('what was written before the end is seen, however late', async () => {
  const path = newLog('one\n');
  let asked = 0;
  // The writer finishes between the question whether it is over and the reading.
  const { ended, lines } = follow(path, {
    isOver: () => (appendFileSync(path, `late ${++asked}\n`), asked > 1),
  });
  await ended;
  expect(lines).toEqual(['one', 'late 1', 'late 2']);
});

test('a character that is written in two parts is one', async () => {
  const path = newLog('');
  const bytes = Buffer.from('日🙂\n');
  const { seen, finish } = follow(path);
  for (const byte of bytes) {
    appendFileSync(path, Buffer.of(byte));
    await sleep(15);
  }
  await seen(1);
  expect(await finish()).toEqual(['日🙂']);
});

test('a log that is not there yet is waited for, and need not come', async () => {
  const path = newLog();
  const first = follow(path);
  await sleep(120);
  writeFileSync(path, 'here\n');
  await first.seen(1);
  expect(await first.finish()).toEqual(['here']);
  expect(await follow(newLog()).finish()).toEqual([]);
});

test('reading begins at an offset, and tells where each line is', async () => {
  const path = newLog('één\ntwo\nthree\n');
  const batches = [];
  for await (const batch of followLog(path, { offset: 6, isOver: () => true })) batches.push(...batch);
  expect(batches).toEqual([
    { text: 'two', start: 6, end: 10 },
    { text: 'three', start: 10, end: 16 },
  ]);
});

test('a log that is cut is read from its beginning', async () => {
  const path = newLog('first turn, long enough\n');
  const { seen, finish } = follow(path);
  await seen(1);
  truncateSync(path);
  await sleep(250);
  appendFileSync(path, 'second\n');
  await seen(2);
  expect(await finish()).toEqual(['first turn, long enough', 'second']);
});

test.each([
  ['renamed', (path: string) => renameSync(path, `${path}.old`)],
  ['removed', (path: string) => rmSync(path)],
])('a log that is %s is read to its end', async (_, disturb) => {
  const path = newLog();
  const writer = spawn('sh', ['-c', `exec >>"$0"; echo one; read go; echo two`, path], {
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const { seen, finish } = follow(path);
  await seen(1);
  disturb(path);
  writer.stdin.end('go\n');
  await new Promise((resolve) => void writer.once('exit', resolve));
  expect(await finish()).toEqual(['one', 'two']);
});

test('word of the end ends the waiting at once, and an abort does so too', async () => {
  let settle = () => {};
  const wake = new Promise<void>((resolve) => (settle = resolve));
  let asked = 0;
  const woken = follow(newLog('x\n'), { wake, isOver: () => asked++ > 0 });
  await woken.seen(1);
  settle();
  await woken.ended;
  const controller = new AbortController();
  const aborted = follow(newLog('x\n'), { signal: controller.signal });
  await aborted.seen(1);
  controller.abort();
  await aborted.ended;
  await follow(newLog('x\n'), { signal: AbortSignal.abort() }).ended;
});

test('a follower that is left early lets go of the log', async () => {
  const before = openHandles();
  for await (const batch of followLog(newLog('one\n'), { isOver: () => false })) {
    expect(batch).toHaveLength(1);
    break;
  }
  const controller = new AbortController();
  const { seen, ended } = follow(newLog('one\n'), { signal: controller.signal });
  await seen(1);
  await until(() => openHandles() > before + 1);
  controller.abort();
  await ended;
  await until(() => openHandles() === before);
});

/** Open files of this process, and what its inotify instance watches. */
function openHandles(): number {
  const files = readdirSync('/proc/self/fd').filter((fd) => nameOf(fd).endsWith('turn.ndjson'));
  const instances = readdirSync('/proc/self/fd').filter((fd) => nameOf(fd).includes('inotify'));
  const watches = instances.flatMap(
    (fd) => readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8').match(/^inotify wd/gm) ?? [],
  );
  return files.length + watches.length;
}

function nameOf(fd: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    return '';
  }
}

test('another process that writes fast and ragged is followed without loss', async () => {
  const path = newLog();
  const random = new Random(9);
  const texts = Array.from({ length: 3000 }, () => JSON.stringify(random.text(random.below(200))));
  const source = join(makeScratch(), 'source');
  writeFileSync(source, `${texts.join('\n')}\n`);
  const script = `
    const fs = require('node:fs');
    const [source, path] = process.argv.slice(1);
    const bytes = fs.readFileSync(source);
    const log = fs.openSync(path, 'a');
    for (let at = 0, n = 1; at < bytes.length; n = (n * 7919) % 10007) {
      at += fs.writeSync(log, bytes, at, Math.min(n, bytes.length - at));
      if (n % 5 === 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
    }`;
  const writer = spawn(process.execPath, ['-e', script, source, path], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const { finish } = follow(path);
  await new Promise((resolve) => void writer.once('exit', resolve));
  expect(await finish()).toEqual(texts);
});
