import type { Readable, Writable } from 'node:stream';

export const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
export type StopSignal = (typeof STOP_SIGNALS)[number];

export type Output = Writable & { isTTY?: boolean; columns?: number; fd?: number };

/** The parts of the process that a command may use, so that tests can run commands in their own process. */
export interface Io {
  stdin: Readable & { isTTY?: boolean };
  /** The type of stdin if it was redirected for this command; undefined otherwise, or when that is unknown. */
  findOwnStdin?(): 'file' | 'pipe' | 'socket' | undefined;
  stdout: Output;
  stderr: Output;
  env: Record<string, string | undefined>;
  cwd: string;
  /** The command that starts this program again: the Node executable and the bundle. */
  self: [node: string, bundle: string];
  /** Adds a signal handler. While there is one, signals don't end the process. Returns a function that removes it. */
  onSignal(handler: (signal: StopSignal) => void): () => void;
}
