import type { Readable, Writable } from 'node:stream';

export type MockSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

/** Everything of its process that the mock agent uses. */
export interface MockIo {
  stdin: Readable;
  stdout: Writable;
  stderr: Writable;
  env: Record<string, string | undefined>;
  cwd: string;
  /** While a handler is on, signals do not end the process. Returns how to take it off again. */
  onSignal(handler: (signal: MockSignal) => void): () => void;
}

/** The agent won't start: claude's words for why, on stderr, with exit status 1 and an empty stdout. */
export class StartRefused extends Error {
  override readonly name = 'StartRefused';
}
