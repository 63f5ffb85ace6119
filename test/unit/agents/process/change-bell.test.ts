import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ChangeBell } from '../../../../src/agents/process/change-bell.ts';
import { makeScratch } from '../../../support/turn-log.ts';

test('rings by the clock where the system gives no word', async () => {
  const bell = new ChangeBell();
  bell.watch('/no/such/file');
  await bell.rung();
  bell.close();
});

test('what happened while nobody waited is not forgotten, and told once', async () => {
  const bell = new ChangeBell();
  bell.ring();
  bell.ring();
  let answers = 0;
  void bell.rung().then(() => answers++);
  await Promise.resolve();
  await Promise.resolve();
  expect(answers).toBe(1);
  void bell.rung().then(() => answers++);
  await Promise.resolve();
  await Promise.resolve();
  expect(answers).toBe(1);
});

test("the system's word comes before the clock's", async () => {
  const path = join(makeScratch(), 'log');
  writeFileSync(path, '');
  const bell = new ChangeBell();
  bell.watch(path);
  const delays: number[] = [];
  for (let n = 0; n < 5; n++) {
    const startedAt = performance.now();
    appendFileSync(path, 'x');
    await bell.rung();
    delays.push(performance.now() - startedAt);
  }
  bell.close();
  expect(Math.min(...delays)).toBeLessThan(80);
});

test('who waits for long is woken by the clock less and less often, and told at once all the same', async () => {
  const path = join(makeScratch(), 'log');
  writeFileSync(path, '');
  const bell = new ChangeBell();
  bell.watch(path);
  const since = performance.now();
  for (let n = 0; n < 4; n++) await bell.rung();
  // 100, 200, 400 and 800 ms.
  expect(performance.now() - since).toBeGreaterThan(1300);
  setTimeout(() => appendFileSync(path, 'x'), 50);
  const before = performance.now();
  await bell.rung();
  expect(performance.now() - before).toBeLessThan(700);
  bell.close();
});
