import { afterEach, expect, test, vi } from 'vitest';
import { runInProcess } from '../../../support/mock-in-process.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

test.each([
  ['in its first 150 ms it has no signal handlers, as claude has none', 0, 0],
  ['after that it has, and takes them off at its end', 10_000, 1],
])('%s', async (_, sinceStartMs, times) => {
  vi.spyOn(performance, 'now').mockReturnValue(sinceStartMs);
  const takeOff = vi.fn<() => void>();
  const onSignal = vi.fn<() => () => void>(() => takeOff);
  expect(await runInProcess('sleep 30ms\nsay hello', [], onSignal)).toContain('hello');
  expect(onSignal).toHaveBeenCalledTimes(times);
  expect(takeOff).toHaveBeenCalledTimes(times);
});
