import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ChangeSignal } from '../../../../src/agents/process/change-signal.ts';
import { makeScratch } from '../../../support/turn-log.ts';

test('rings by the clock where the system gives no word', async () => {
  const signal = new ChangeSignal();
  signal.watch('/no/such/file');
  await signal.changed();
  signal.close();
});

test('what happened while nobody waited is not forgotten, and told once', async () => {
  const signal = new ChangeSignal();
  signal.report();
  signal.report();
  let answers = 0;
  void signal.changed().then(() => answers++);
  await Promise.resolve();
  await Promise.resolve();
  expect(answers).toBe(1);
  void signal.changed().then(() => answers++);
  await Promise.resolve();
  await Promise.resolve();
  expect(answers).toBe(1);
});

test("the system's word comes before the clock's", async () => {
  const path = join(makeScratch(), 'log');
  writeFileSync(path, '');
  const signal = new ChangeSignal();
  signal.watch(path);
  const delays: number[] = [];
  for (let n = 0; n < 5; n++) {
    const startedAt = performance.now();
    appendFileSync(path, 'x');
    await signal.changed();
    delays.push(performance.now() - startedAt);
  }
  signal.close();
  expect(Math.min(...delays)).toBeLessThan(80);
});

test('who waits for long is woken by the clock less and less often, and told at once all the same', async () => {
  const path = join(makeScratch(), 'log');
  writeFileSync(path, '');
  const signal = new ChangeSignal();
  signal.watch(path);
  const since = performance.now();
  for (let n = 0; n < 4; n++) await signal.changed();
  // 100, 200, 400 and 800 ms.
  expect(performance.now() - since).toBeGreaterThan(1300);
  setTimeout(() => appendFileSync(path, 'x'), 50);
  const before = performance.now();
  await signal.changed();
  expect(performance.now() - before).toBeLessThan(700);
  signal.close();
});
