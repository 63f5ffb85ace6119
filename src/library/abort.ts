import { SessionError } from '../errors.ts';

/** What may be said of anything that waits. */
export interface Abortable {
  /** Ends the waiting, with INTERRUPTED. What was begun is seen through. */
  signal?: AbortSignal | undefined;
}

/** Calls back when a signal is aborted, at once where it is. Returns how to listen to it no longer. */
export function onAbort(signal: AbortSignal | undefined, call: () => void): () => void {
  if (signal?.aborted) call();
  else signal?.addEventListener('abort', call, { once: true });
  return () => signal?.removeEventListener('abort', call);
}

/** What the work comes to, unless the signal is aborted before. */
export async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return await work;
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

/** The error for a signal that is aborted; without one, for what ends because the sessions are closed. */
export function interrupted(signal: AbortSignal | undefined): SessionError {
  if (signal?.aborted !== true) return new SessionError('INTERRUPTED', 'The sessions were closed meanwhile.');
  return new SessionError('INTERRUPTED', 'The signal that was given is aborted.', { cause: signal.reason });
}
