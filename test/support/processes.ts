import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';

/** A running process, as the system describes it. */
export interface Seen {
  pid: number;
  command: string;
}

/**
 * Every running process that was started with this home in its environment, whatever its parent is now.
 *
 * Does not use the product's sweep, so that bugs in that are found.
 */
export function processesOf(home: string): Seen[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      const environment = read(`/proc/${pid}/environ`).split('\0');
      if (!environment.includes(`CLAUDE_SESSION_HOME=${home}`) || !isRunning(pid)) return [];
      return [{ pid: Number(pid), command: read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim() }];
    });
}

/** Fails with their names when processes of a home are still running after `withinMs`. */
export async function expectNoProcess(home: string, withinMs = 5_000): Promise<void> {
  const until = Date.now() + withinMs;
  while (processesOf(home).length > 0 && Date.now() < until) await sleep(25);
  expect(processesOf(home)).toEqual([]);
}

/** Kills the processes that a test has left. */
export function killAll(home: string): void {
  for (const { pid } of processesOf(home)) kill(pid, 'SIGKILL');
}

export function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has exited.
  }
}

/** The peak memory of a process in MiB; 0 when it has exited. */
export function peakMemory(pid: number): number {
  const [, kib = '0'] = /^VmHWM:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/status`)) ?? [];
  return Number(kib) / 1024;
}

function isRunning(pid: string): boolean {
  const stat = read(`/proc/${pid}/stat`);
  return stat !== '' && !/^ [ZX]/.test(stat.slice(stat.lastIndexOf(')') + 1));
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
