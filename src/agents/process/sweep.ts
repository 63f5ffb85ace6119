import { setTimeout as sleep } from 'node:timers/promises';
import { type Mark, buildMark } from './mark.ts';
import { findMarked } from './marked-processes.ts';

export interface SweepOptions {
  /** Processes to leave alone, besides this one. */
  except?: readonly number[];
  /** Between SIGTERM and SIGKILL. */
  graceMs?: number;
}

const POLL_MS = 10;
const GIVE_UP_MS = 5000;

/**
 * Ends every process that carries a turn's mark in its environment, and all they start meanwhile.
 *
 * Finds what left the agent's process group: the shells of its tools, and servers that outlived it. Gives the pids it
 * had to end; without anything to end it costs one look at the process table. Only Linux tells the environment of
 * other processes (and only of one's own): elsewhere this finds nothing, and ending the group has to be enough.
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

/** Kills every process that carries the mark now, but this one: for what has outlived its agent, without a wait. */
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
    // Gone since, or not ours to signal.
  }
}
