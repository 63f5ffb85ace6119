import { setTimeout as sleep } from 'node:timers/promises';

/** The longest delay of a timer. A turn that hangs has a timer, so that its process does not exit. */
const FOREVER_MS = 2 ** 31 - 1;

/** Resolves after the duration, or rejects as soon as the signal is aborted. */
export async function pause(durationMs: number, signal: AbortSignal): Promise<void> {
  await sleep(Math.min(durationMs, FOREVER_MS), undefined, { signal });
}

export async function hang(signal: AbortSignal): Promise<never> {
  for (;;) await pause(FOREVER_MS, signal);
}

/** Settles like the promise, or rejects as soon as the signal is aborted. */
export async function interruptible<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const settled = new AbortController();
  try {
    return await Promise.race([promise, hang(AbortSignal.any([signal, settled.signal]))]);
  } finally {
    settled.abort();
  }
}
