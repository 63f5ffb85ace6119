import { setTimeout as sleep } from 'node:timers/promises';
import { type Mark, buildMark } from './mark.ts';
import { findMarked } from './marked-processes.ts';

export interface SweepOptions {
  /** Processes to leave alone, besides this one. */
  except?: readonly number[];
  /** The time between SIGTERM and SIGKILL. */
  graceMs?: number;
}

const POLL_MS = 10;
const GIVE_UP_MS = 5000;

/**
 * Ends every process with a turn's mark in its environment, and all that these start meanwhile.
 *
 * Finds processes that left the agent's process group: shells of its tools, and servers that outlived it. Returns the
 * pids that it ended. Only Linux shows the environment of other processes, and only of the same user. Elsewhere this
 * finds nothing, and only the group is ended.
 */
export async function sweep(mark: Mark, options: SweepOptions = {}): Promise<number[]> {
  const { except = [], graceMs = 200 } = options;
  const entries = markEntries(mark);
  const spared = new Set([...except, process.pid]);
  const ended = new Set<number>();
  const startedAt = Date.now();
  for (;;) {
    const found = findMarked(entries).filter((pid) => !spared.has(pid));
    const elapsedMs = Date.now() - startedAt;
    if (found.length === 0 || elapsedMs > GIVE_UP_MS) return [...ended];
    for (const pid of found) {
      const isLate = elapsedMs >= graceMs;
      if (isLate || !ended.has(pid)) kill(pid, isLate ? 'SIGKILL' : 'SIGTERM');
      ended.add(pid);
    }
    await sleep(POLL_MS);
  }
}

/** Kills every process that has the mark now, except this one, without a wait. */
export function endMarked(mark: Mark): void {
  for (const pid of findMarked(markEntries(mark))) if (pid !== process.pid) kill(pid, 'SIGKILL');
}

function markEntries(mark: Mark): string[] {
  return Object.entries(buildMark(mark)).map(([name, value]) => `${name}=${value}`);
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has exited, or may not be signalled.
  }
}
