import { utimesSync } from 'node:fs';
import { expect, it, onTestFinished, vi } from 'vitest';
import type { Turn } from '../../../src/model/model.ts';
import { Clocks } from '../../../src/turns/clocks.ts';
import { StopRequest } from '../../../src/turns/stop-request.ts';
import { writeLog } from '../../support/turn-log.ts';

const NOW = 1_900_000_000_000;
const NEVER_MS = 2 ** 33;

function startClocks(
  turn: { timeoutMs?: number | null; stallTimeoutMs?: number; startedAt?: number | null; queuedAt?: number },
  logPath = writeLog([]),
): { stop: StopRequest; clocks: Clocks; logPath: string } {
  vi.useFakeTimers({ now: NOW });
  onTestFinished(() => void vi.useRealTimers());
  const { timeoutMs = null, stallTimeoutMs = NEVER_MS, startedAt = NOW, queuedAt = NOW } = turn;
  const stop = new StopRequest();
  const clocks = new Clocks(
    { limits: { timeoutMs, stallTimeoutMs }, startedAt, queuedAt } as Turn,
    logPath,
    stop,
  );
  onTestFinished(() => clocks.stop());
  return { stop, clocks, logPath };
}

it.each([
  ['from its start', { startedAt: NOW - 1_000, queuedAt: NOW - 9_000 }, 4_000],
  ['from when it was queued, where it has not started', { startedAt: null, queuedAt: NOW - 3_000 }, 2_000],
])('the time of a turn runs %s', (_, turn, leftMs) => {
  const { stop } = startClocks({ timeoutMs: 5_000, ...turn });
  vi.advanceTimersByTime(leftMs - 1);
  expect(stop.reason).toBeUndefined();
  vi.advanceTimersByTime(1);
  expect(stop.reason).toBe('timeout');
});

it('a turn whose time is over already ends at once', () => {
  const { stop } = startClocks({ timeoutMs: 5_000, startedAt: NOW - 60_000 });
  vi.advanceTimersByTime(1);
  expect(stop.reason).toBe('timeout');
});

it.each([NEVER_MS, null])('limits longer than a timer can be (%s) are no limits of a moment', (timeoutMs) => {
  const { stop } = startClocks({ timeoutMs });
  vi.advanceTimersByTime(10_000);
  expect(stop.reason).toBeUndefined();
});

it('an agent is silent when neither was it heard nor its log written for the time', () => {
  const { stop, clocks, logPath } = startClocks({ stallTimeoutMs: 60_000 });
  vi.advanceTimersByTime(30_000);
  clocks.restartStall();
  vi.advanceTimersByTime(59_999);
  expect(stop.reason).toBeUndefined();
  // Written to, but not heard yet.
  const at = NOW + 90_000 - 59_999;
  utimesSync(logPath, at / 1000, at / 1000);
  vi.advanceTimersByTime(1);
  expect(stop.reason).toBeUndefined();
  const again = NOW + 90_000;
  utimesSync(logPath, again / 1000, again / 1000);
  vi.advanceTimersByTime(60_000);
  expect(stop.reason).toBe('stall');
});

it('an agent without a log is silent', () => {
  const { stop } = startClocks({ stallTimeoutMs: 60_000 }, '/nonexistent/log');
  vi.advanceTimersByTime(60_000);
  expect(stop.reason).toBe('stall');
});

it('nothing is asked after the end', () => {
  const { stop, clocks } = startClocks({ timeoutMs: 5_000, stallTimeoutMs: 5_000 });
  clocks.stop();
  vi.advanceTimersByTime(60_000);
  expect(stop.reason).toBeUndefined();
});

it.runIf(process.platform === 'linux')('a file system that does not tell its size is not full', () => {
  const { stop } = startClocks({}, '/proc/self/status');
  vi.advanceTimersByTime(10_000);
  expect(stop.reason).toBeUndefined();
});
