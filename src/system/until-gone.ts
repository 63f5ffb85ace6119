import { setTimeout as pause } from 'node:timers/promises';
import { isAlive } from './owner.ts';

const POLL_MS = 50;

/**
 * Resolves when a process (see owner.ts) is gone, or at once when `signal` is aborted. A timer that is left would keep
 * this process running.
 */
export async function untilGone(owner: string, signal: AbortSignal): Promise<null> {
  while (!signal.aborted && isAlive(owner) === true)
    await pause(POLL_MS, undefined, { signal }).catch(() => {});
  return null;
}
