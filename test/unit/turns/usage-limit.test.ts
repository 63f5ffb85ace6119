import { existsSync, mkdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { markCancelled } from '../../../src/turns/run-files.ts';
import { StopRequest } from '../../../src/turns/stop-request.ts';
import type { Ended } from '../../../src/turns/supervise.ts';
import { LimitWait } from '../../../src/turns/usage-limit.ts';
import { makeHome, NOW } from '../../support/settling.ts';

/** What may be added to a time that the agent gave. */
const SPREAD_MS = 2_000;

const ended = (message: string, retryAt: number | null = null, init: object | null = {}): Ended =>
  ({
    outcome: { init, result: { isError: true, message }, retryAt },
    exit: null,
    stderr: '',
  }) as unknown as Ended;
const LIMIT = "You've hit your limit";
const OVERLOADED = 'API Error: 529 Overloaded';

async function makeWait(waitLimitMs: number, stop = new StopRequest()) {
  const home = await makeHome();
  const turn = await home.addTurn('me');
  return { ...home, turn, wait: new LimitWait(home.paths, home.session, turn, waitLimitMs, stop) };
}

it.each([LIMIT, OVERLOADED])(
  'waits for the end of "%s" as long as is allowed, and no longer',
  async (words) => {
    const { wait } = await makeWait(5_000);
    expect(wait.plan(ended(words))).toMatchObject({ at: NOW + 5_000, told: { status: 'waiting_for_limit' } });
    expect(wait.plan(ended(words))).toBeUndefined();
    expect((await makeWait(4_999)).wait.plan(ended(words))).toBeUndefined();
  },
);

it('waits twice as long each time while nobody says when, up to five minutes', async () => {
  const { wait } = await makeWait(3_600_000);
  const pauses = Array.from({ length: 9 }, () => (wait.plan(ended(OVERLOADED))!.at - NOW) / 1000);
  expect(pauses).toEqual([5, 10, 20, 40, 80, 160, 300, 300, 300]);
});

it('waits until the time that the agent gave and a little longer, and tells it', async () => {
  const { wait } = await makeWait(60_000 + SPREAD_MS);
  for (const until of [NOW + 60_000, NOW - 60_000]) {
    const { at, told } = wait.plan(ended(LIMIT, until))!;
    expect(at).toBeGreaterThanOrEqual(Math.max(until, NOW));
    expect(at).toBeLessThanOrEqual(Math.max(until, NOW) + SPREAD_MS);
    expect(told).toMatchObject({ code: 'LIMIT_REACHED', retry_at: new Date(at).toISOString() });
  }
  expect(wait.plan(ended(LIMIT, NOW + 60_001 + SPREAD_MS))).toBeUndefined();
});

it('waits for nothing else, nor for an agent that never began, nor when it is to stop', async () => {
  const stop = new StopRequest();
  const { wait } = await makeWait(3_600_000, stop);
  expect(wait.plan(ended('Prompt is too long'))).toBeUndefined();
  expect(wait.plan(ended(LIMIT, null, null))).toBeUndefined();
  stop.ask('SIGINT');
  expect(wait.plan(ended(LIMIT))).toBeUndefined();
});

it('shows that it lives as soon as it waits, makes no log for that, and leaves when the turn is cancelled', async () => {
  const { wait, turn, paths, session } = await makeWait(3_600_000);
  const logPath = paths.turnLog(session.id, turn.id);
  const waiting = wait.until(NOW + 60_000, logPath);
  expect(existsSync(logPath)).toBe(false);
  markCancelled(paths, turn);
  expect(await waiting).toBe(false);
  mkdirSync(paths.sessionRun(session.id), { recursive: true });
  writeFileSync(logPath, '');
  utimesSync(logPath, 1, 1);
  const stop = new StopRequest();
  const other = new LimitWait(paths, session, { ...turn, id: turn.id + 1 }, 3_600_000, stop);
  const left = other.until(NOW + 60_000, logPath);
  expect(statSync(logPath).mtimeMs).toBe(NOW);
  stop.ask('SIGINT');
  expect(await left).toBe(false);
  expect(await other.until(NOW, logPath)).toBe(false);
});

it('goes on when the time has come', async () => {
  const { wait, turn, paths, session } = await makeWait(3_600_000);
  expect(await wait.until(NOW, paths.turnLog(session.id, turn.id))).toBe(true);
  expect(wait.waitedMs).toBe(0);
});
