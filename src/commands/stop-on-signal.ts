import { SessionError } from '../errors.ts';
import type { Io } from '../io.ts';
import { STOP_REASONS } from '../library/stop-request.ts';
import type { StopReason } from '../library/stop-request.ts';

/**
 * Runs work that only looks on: a signal ends the looking, with the signal's own exit status; a timeout ends it too, and
 * then the work resolves as it does when it was aborted.
 */
export async function stopOnSignal<T>(
  io: Io,
  timeoutMs: number | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const leave = new AbortController();
  let reason: StopReason | undefined;
  const off = io.onSignal((signal) => {
    reason = signal;
    leave.abort();
  });
  const timer = timeoutMs === undefined ? undefined : setTimeout(() => leave.abort(), timeoutMs);
  try {
    const result = await work(leave.signal);
    if (reason === undefined) return result;
  } catch (error) {
    if (reason === undefined) throw error;
  } finally {
    clearTimeout(timer);
    off();
  }
  throw new SessionError(STOP_REASONS[reason].code, 'No longer waiting; the turn goes on.');
}
