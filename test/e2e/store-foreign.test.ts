import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openStore } from '../../src/store/sqlite/open.ts';
import { readSnapshot } from '../../src/store/sqlite/engine/snapshot.ts';
import { makeDirectory, startProgram } from '../support/store-program.ts';
import { startStrangers } from '../support/strangers.ts';

/** SESSION_TORTURE=full is the run whose numbers are told; without it, one that CI has time for. */
const isFull = process.env['SESSION_TORTURE'] === 'full';
const SECONDS = isFull ? 60 : 6;
const WORKERS = 3;

type Counts = Record<string, number>;

/** Appends turns until the time is over, begun again whenever it is killed; resolves to what was acknowledged. */
async function append(
  path: string,
  worker: number,
  endsAt: number,
): Promise<{ acks: Counts; kills: number }> {
  const acks: Counts = {};
  let kills = 0;
  while (Date.now() < endsAt) {
    const { child, ended } = await startProgram('appender', [path, worker, 1e9], { KILL_P: '0.0005' });
    child.stdout?.once('data', () =>
      setTimeout(() => child.kill('SIGKILL'), Math.min(endsAt - Date.now(), Math.random() * 1_500)),
    );
    const { stdout, stderr } = await ended;
    expect(stderr).toBe('');
    kills++;
    for (const [, seq, turn] of stdout.matchAll(/^(\d+) (\d+) [\d.]+$/gm)) acks[seq!] = Number(turn);
  }
  return { acks, kills };
}

test('other programs at the file do no harm, while writers are killed', { timeout: 180_000 }, async () => {
  const path = join(makeDirectory(), 'sessions.sqlite');
  await (await openStore(path, { access: 'write' })).close();
  const strangers = isFull
    ? await startStrangers(
        path,
        ['read 1', 'read 20', 'backup 1', 'backup 200', 'write 1', 'write 20'],
        [0.001, 0.02],
      )
    : await startStrangers(path, ['read 5', 'backup 200', 'write 20'], [0.05]);
  if (strangers === undefined) return;
  const endsAt = Date.now() + SECONDS * 1_000;
  const results = await Promise.all(
    Array.from({ length: WORKERS }, (_, worker) => append(path, worker, endsAt)),
  );
  const counts = await strangers.stop();

  const store = await openStore(path, { access: 'read' });
  for (const [worker, { acks }] of results.entries()) {
    const sessionId = String(worker).padStart(8, '0');
    const answers = new Map(
      (await store.messages.list({ sessionId, role: 'assistant' })).map(({ turnId, content }) => [
        turnId,
        content,
      ]),
    );
    const lost = Object.entries(acks).filter(([seq, turn]) => answers.get(turn) !== `to ${seq}`);
    expect(lost).toEqual([]);
  }
  await store.close();
  const check = await readSnapshot(path, (db) => db.get('PRAGMA integrity_check'), { isSealed: true });
  expect(check).toEqual({ integrity_check: 'ok' });
  expect(execFileSync('sqlite3', [path, 'PRAGMA integrity_check'], { encoding: 'utf8' })).toBe('ok\n');
  expect(readFileSync(path)[18]).toBe(3);
  const acknowledged = results.reduce((sum, { acks }) => sum + Object.keys(acks).length, 0);
  const kills = results.reduce((sum, each) => sum + each.kills, 0);
  expect(acknowledged).toBeGreaterThan(0);
  console.log(JSON.stringify({ seconds: SECONDS, acknowledged, kills, python: counts }));
});
