import type { Readable, Writable } from 'node:stream';

export const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
export type StopSignal = (typeof STOP_SIGNALS)[number];

export type Output = Writable & { isTTY?: boolean; columns?: number; fd?: number };

/** Everything of the surrounding process that a command may use, so that tests can run one in their own. */
export interface Io {
  stdin: Readable & { isTTY?: boolean };
  /** What stdin is where it was given to this very command; undefined where it is not, or nobody can tell. */
  findOwnStdin?(): 'file' | 'pipe' | 'socket' | undefined;
  stdout: Output;
  stderr: Output;
  env: Record<string, string | undefined>;
  cwd: string;
  /** How to start this very program again: the Node executable and the bundle. */
  self: [node: string, bundle: string];
  /** While a handler is on, the signals do not end the process. Returns how to take it off again. */
  onSignal(handler: (signal: StopSignal) => void): () => void;
}
