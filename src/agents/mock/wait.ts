/** The longest a timer can wait: a turn that hangs still has a timer, so that its process stays. */
const FOREVER_MS = 2 ** 31 - 1;

/** The promise's outcome, or the signal's reason as soon as it is aborted. */
export async function interruptible<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  const { promise: aborted, reject } = withReject();
  const onAbort = (): void => reject(signal.reason as Error);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

/** Resolves after a while, or rejects with the signal's reason. */
export async function pause(durationMs: number, signal: AbortSignal): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const elapsed = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, Math.min(durationMs, FOREVER_MS));
  });
  try {
    await interruptible(elapsed, signal);
  } finally {
    clearTimeout(timer);
  }
}

export async function hang(signal: AbortSignal): Promise<never> {
  for (;;) await pause(FOREVER_MS, signal);
}

function withReject(): { promise: Promise<never>; reject: (reason: Error) => void } {
  let reject: (reason: Error) => void = () => {};
  const promise = new Promise<never>((_, refuse) => {
    reject = refuse;
  });
  return { promise, reject };
}
