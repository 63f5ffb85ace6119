import { execFileSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { openStore } from '../../src/store/sqlite/open.ts';
import { readSnapshot } from '../../src/store/sqlite/engine/snapshot.ts';
import { makeDirectory, type Running, startProgram } from '../support/store-program.ts';
import { isInstalled } from '../support/installed.ts';

/** SESSION_TORTURE=full is the run whose numbers the README quotes; without it, one that CI has time for. */
const [WORKERS, APPENDS] = process.env['SESSION_TORTURE'] === 'full' ? [8, 200] : [8, 10];
const KILL_P = '0.001';

interface Result {
  kills: number;
  killsLeavingJournal: number;
  errors: string[];
  /** By worker: the appends that it was told are stored, with their turn ids. */
  acknowledged: Map<number, number>[];
  waitsMs: number[];
}

/** Lets workers append to one store at once; whoever is killed is started again. */
async function torture(path: string, env: Record<string, string>, killFromOutside: boolean): Promise<Result> {
  const acknowledged = Array.from({ length: WORKERS }, () => new Map<number, number>());
  const result: Result = { kills: 0, killsLeavingJournal: 0, errors: [], acknowledged, waitsMs: [] };
  const work = async (worker: number): Promise<void> => {
    for (let isDone = false; !isDone && result.errors.length < 20;) {
      const running: Running = await startProgram('appender', [path, worker, APPENDS], env);
      if (killFromOutside && Math.random() < 0.5) {
        running.child.stdout?.once('data', () =>
          setTimeout(() => running.child.kill('SIGKILL'), Math.random() * 400),
        );
      }
      const { code, stdout, stderr } = await running.ended;
      for (const [, seq, turn, ms] of stdout.matchAll(/^(\d+) (\d+) ([\d.]+)$/gm)) {
        acknowledged[worker]!.set(Number(seq), Number(turn));
        result.waitsMs.push(Number(ms));
      }
      if (stderr !== '') result.errors.push(stderr);
      if (code === null) result.kills++;
      if (code === null && hasHotJournal(path)) result.killsLeavingJournal++;
      isDone = code === 0 || (code !== null && env['NO_LOCK'] !== undefined);
    }
  };
  await Promise.all(acknowledged.map((_, worker) => work(worker)));
  return result;
}

function hasHotJournal(path: string): boolean {
  return (statSync(`${path}.journal`, { throwIfNoEntry: false })?.size ?? 0) > 0;
}

/** What is wrong with the store; nothing, one hopes. */
async function findDamage(path: string, { acknowledged }: Result): Promise<string[]> {
  const damage: string[] = [];
  const store = await openStore(path, { access: 'read' });
  for (const [worker, acks] of acknowledged.entries()) {
    const id = String(worker).padStart(8, '0');
    const session = await store.sessions.find(id);
    const messages = await store.messages.list({ sessionId: id });
    const asked = messages
      .filter(({ role }) => role === 'user')
      .map(({ content }) => Number.parseInt(content, 10));
    if (String(asked) !== String(Array.from({ length: APPENDS }, (_, n) => n + 1))) {
      damage.push(`worker ${worker}: order ${String(asked)}`);
    }
    for (const [seq, turn] of acks) {
      const answer = messages.find((message) => message.id === 2 * turn + 1)?.content;
      if (answer !== `to ${seq}`) damage.push(`worker ${worker}: acknowledged ${seq} lost`);
    }
    if (session?.messageCount !== messages.length || session.turnCount !== APPENDS) {
      damage.push(`worker ${worker}: lost updates`);
    }
  }
  await store.close();
  const check = await readSnapshot(
    path,
    (db) => db.get<{ integrity_check: string }>('PRAGMA integrity_check'),
    { isSealed: true },
  );
  if (check?.integrity_check !== 'ok') damage.push(`corrupt: ${check?.integrity_check}`);
  return damage;
}

function percentile(values: number[], p: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) * p)] ?? 0;
}

test('no acknowledged write is lost, whenever its writer is killed', { timeout: 3_600_000 }, async () => {
  const path = join(makeDirectory(), 'sessions.sqlite');
  const result = await torture(path, { KILL_P }, true);
  expect(await findDamage(path, result)).toEqual([]);
  expect(result.errors).toEqual([]);
  expect(result.kills).toBeGreaterThan(0);
  if (isInstalled('sqlite3')) {
    expect(execFileSync('sqlite3', [path, 'PRAGMA integrity_check'], { encoding: 'utf8' })).toBe('ok\n');
  }
  const { kills, killsLeavingJournal, waitsMs } = result;
  const litter = readdirSync(dirname(path)).filter((name) => name.includes('.lock'));
  console.log(
    JSON.stringify({
      workers: WORKERS,
      appends: WORKERS * APPENDS,
      kills,
      killsLeavingJournal,
      appendMs: {
        p50: percentile(waitsMs, 0.5),
        p95: percentile(waitsMs, 0.95),
        max: percentile(waitsMs, 1),
      },
      litter,
    }),
  );
});

test(
  'without the lock, the same run does damage (or it proves nothing)',
  { timeout: 3_600_000 },
  async () => {
    const path = join(makeDirectory(), 'sessions.sqlite');
    const result = await torture(path, { NO_LOCK: '1' }, false);
    const damage = await findDamage(path, result).catch((error: unknown) => [String(error)]);
    expect([...result.errors, ...damage]).not.toEqual([]);
  },
);
