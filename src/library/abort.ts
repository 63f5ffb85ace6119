import { setMaxListeners } from 'node:events';
import { SessionError } from '../errors.ts';

/** Options of methods that wait. */
export interface Abortable {
  /** Stops waiting, with INTERRUPTED. What was begun is finished. */
  signal?: AbortSignal | undefined;
}

/**
 * Calls `call` when a signal is aborted, and at once if it is aborted already. Returns a function that removes the
 * listener.
 */
export function onAbort(signal: AbortSignal | undefined, call: () => void): () => void {
  if (signal?.aborted) call();
  else if (signal !== undefined) {
    // Any number of calls may have the same signal; Node would take more than ten for a leak and print a warning.
    setMaxListeners(0, signal);
    signal.addEventListener('abort', call, { once: true });
  }
  return () => signal?.removeEventListener('abort', call);
}

/** The result of the work. Throws when the signal is aborted before. */
export async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!(signal instanceof AbortSignal)) return await work;
  work.catch(() => {});
  let off = (): void => {};
  const aborted = new Promise<never>((_resolve, reject) => {
    off = onAbort(signal, () => reject(interrupted(signal)));
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    off();
  }
}

export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw interrupted(signal);
}

/** The error for an aborted signal, or without one, for work that ends because the sessions are closed. */
export function interrupted(signal: AbortSignal | undefined): SessionError {
  if (signal?.aborted !== true) return new SessionError('INTERRUPTED', 'The sessions were closed meanwhile.');
  return new SessionError('INTERRUPTED', 'The signal that was given is aborted.', { cause: signal.reason });
}
