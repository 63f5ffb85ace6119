import type { ChildProcess, SpawnOptions } from 'node:child_process';
import { setImmediate as nextRound } from 'node:timers/promises';
import { ownerOf } from './owner.ts';

/** Starting a process blocks the event loop for some milliseconds, so each of its rounds starts one. */
let rounds: Promise<unknown> = Promise.resolve();

export interface StartedProcess {
  pid: number;
  /** Names the process for good, even when its pid is reused (see owner.ts). */
  owner: string;
  child: ChildProcess;
}

/** Starts a program that may outlive us. It gets `env` and nothing of ours. Throws the system's error. */
export async function startProcess(
  file: string,
  argv: readonly string[],
  options: SpawnOptions,
): Promise<StartedProcess> {
  const { execa } = await import('execa');
  const ours = { extendEnv: false, buffer: false, reject: false, cleanup: false } as const;
  await (rounds = rounds.then(() => nextRound()));
  const child = execa(file, argv, { ...(options as object), ...ours });
  const { pid } = child;
  if (pid === undefined) {
    const failure = await child;
    throw failure.cause ?? failure;
  }
  return { pid, owner: ownerOf(pid), child: child as unknown as ChildProcess };
}
