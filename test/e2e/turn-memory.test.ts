import { closeSync, createReadStream, openSync, statSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { peakMemory } from '../support/processes.ts';
import { isTorture, Place, type Running } from '../support/run.ts';

const MEGABYTES = isTorture ? 100 : 40;
const MOST_MIB = 160;

/** The most memory that a run had, as the system counted it, looked at until it ends. */
async function watchMemory(running: Running): Promise<number> {
  let most = 0;
  let hasEnded = false;
  void running.ended.then(() => (hasEnded = true));
  while (!hasEnded) {
    most = Math.max(most, peakMemory(running.pid));
    await sleep(20);
  }
  expect(most).toBeGreaterThan(20);
  return most;
}

/** Counts the bytes of an answer over its text records; the numbered lines must all be there. */
async function readAnswer(file: string): Promise<{ bytes: number; last: string }> {
  let bytes = 0;
  let last = '';
  for await (const line of createInterface({ input: createReadStream(file) })) {
    if (line.startsWith('{"type":"text"')) bytes += (JSON.parse(line) as { content: string }).content.length;
    last = line.slice(0, 40);
  }
  return { bytes, last };
}

test(`an answer of ${MEGABYTES} MB takes no more memory than a small one`, { timeout: 300_000 }, async () => {
  const place = new Place();
  const id = await place.newSession();
  const file = path.join(place.root, 'out.ndjson');
  const out = openSync(file, 'w');
  const sending = place.start(['send', id, `emit ${MEGABYTES}MB`, '--ndjson'], { stdout: out });
  const peak = await watchMemory(sending);
  expect((await sending.ended).code).toBe(0);
  closeSync(out);
  const { bytes, last } = await readAnswer(file);
  expect(bytes).toBe(MEGABYTES * 1e6);
  expect(last).toMatch(/^\{"type":"done"/);

  const text = path.join(place.root, 'history.json');
  const into = openSync(text, 'w');
  const reading = place.start(['history', id, '--json'], { stdout: into });
  const readPeak = await watchMemory(reading);
  expect((await reading.ended).code).toBe(0);
  closeSync(into);
  expect(statSync(text).size).toBeGreaterThan(MEGABYTES * 1e6);

  // Another process finishes the turn of a killed one in as little.
  const other = await place.newSession();
  const killed = place.start(['send', other, `emit ${MEGABYTES}MB`, '--ndjson']);
  await killed.says('00000001');
  killed.kill('SIGKILL');
  const waiting = place.start(['wait', other]);
  const settlePeak = await watchMemory(waiting);
  expect((await waiting.ended).code).toBe(0);
  console.log(
    JSON.stringify({ megabytes: MEGABYTES, sendMib: peak, historyMib: readPeak, settleMib: settlePeak }),
  );
  expect(Math.max(peak, readPeak, settlePeak)).toBeLessThanOrEqual(MOST_MIB);
  await place.expectNothingLeft();
});
