import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { openStore } from '../../src/store/sqlite/open.ts';
import { readSnapshot } from '../../src/store/sqlite/engine/snapshot.ts';
import { isInstalled } from '../support/installed.ts';
import { makeDirectory, type Running, start, startProgram } from '../support/store-program.ts';

/** SESSION_TORTURE=full is the run whose numbers are told; without it, one that CI has time for. */
const SECONDS = process.env['SESSION_TORTURE'] === 'full' ? 60 : 4;
const FOREIGN = fileURLToPath(new URL('../support/store-foreign.py', import.meta.url));
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

/** What a loop of another program counted. */
async function finish({ child, ended }: Running): Promise<Counts> {
  child.kill('SIGTERM');
  const { stdout, ...end } = await ended;
  expect(end).toEqual({ code: 0, signal: null, stderr: '' });
  return JSON.parse(stdout.slice('ready\n'.length)) as Counts;
}

test('other programs at the file do no harm, while writers are killed', { timeout: 180_000 }, async () => {
  if (!isInstalled('python3') || !isInstalled('sqlite3')) return;
  const path = join(makeDirectory(), 'sessions.sqlite');
  await (await openStore(path, { access: 'write' })).close();
  const python = ['read 1', 'read 20', 'backup 1', 'backup 200', 'write 1', 'write 20'].map((words) =>
    start('python3', [FOREIGN, path, ...words.split(' ')]),
  );
  const shells = [
    `SELECT count(*) FROM messages' >/dev/null 2>&1; sleep 0.001`,
    `SELECT count(*) FROM messages' >/dev/null 2>&1; sleep 0.02`,
    `.backup ${path}.cli' 2>/dev/null; rm -f '${path}.cli'; sleep 0.05`,
    `DELETE FROM turns' 2>/dev/null && echo written; sleep 0.02`,
  ].map((body) => start('sh', ['-c', `while :; do sqlite3 '${path}' '${body}; done`]));
  await Promise.all(python.map(({ says }) => says('ready')));
  const endsAt = Date.now() + SECONDS * 1_000;
  const results = await Promise.all(
    Array.from({ length: WORKERS }, (_, worker) => append(path, worker, endsAt)),
  );
  for (const { child } of shells) child.kill('SIGTERM');
  const shellsSaid = await Promise.all(shells.map(async ({ ended }) => (await ended).stdout));
  const counts = await Promise.all(python.map(finish));
  await sleep(50);

  expect(shellsSaid.join(''), 'the shell wrote nothing').toBe('');
  expect([counts[4]!['done'], counts[5]!['done']], 'nobody else wrote').toEqual([undefined, undefined]);
  for (const reader of counts.slice(0, 4)) expect(reader['done']).toBeGreaterThan(0);
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
