import type { ChildProcess, SpawnOptions } from 'node:child_process';
import { ownerOf } from './owner.ts';

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
  const child = execa(file, argv, { ...(options as object), ...ours });
  const { pid } = child;
  if (pid === undefined) {
    const failure = await child;
    throw failure.cause ?? failure;
  }
  return { pid, owner: ownerOf(pid), child: child as unknown as ChildProcess };
}
