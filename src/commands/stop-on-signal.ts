import { SessionError } from '../errors.ts';
import type { Io } from '../io.ts';
import { STOP_REASONS } from '../library/stop-request.ts';
import type { StopReason } from '../library/stop-request.ts';

/**
 * Runs work that only observes. A signal aborts it, with the exit status of the signal. A timeout aborts it too, and
 * then the result of the aborted work counts.
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
