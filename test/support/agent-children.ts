import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { type AgentProcess, spawnAgent } from '../../src/agents/process/process.ts';
import { isAlive, ownerOf } from '../../src/system/owner.ts';
import { makeScratch } from './turn-log.ts';

const CHILD = fileURLToPath(new URL('./agent-child.mjs', import.meta.url));

export interface StartedAgent extends AgentProcess {
  logPath: string;
  stderrPath: string;
  /** The owner strings of the processes that it started. */
  descendants: () => string[];
}

/** Starts the fake agent (see agent-child.mjs) and waits until it is ready. It is ended after the test. */
export async function startAgent(acts: string[], env: Record<string, string> = {}): Promise<StartedAgent> {
  const home = makeScratch();
  const logPath = join(home, 'turn.ndjson');
  const stderrPath = join(home, 'stderr.log');
  const agent = await spawnAgent({
    program: [process.execPath, CHILD],
    argv: acts,
    cwd: home,
    env: { PATH: process.env['PATH'] ?? '', ...env },
    logPath,
    stderrPath,
  });
  const descendants = new Map<number, string>();
  const started = {
    ...agent,
    logPath,
    stderrPath,
    descendants: () => {
      for (const pid of pidsIn(logPath)) if (!descendants.has(pid)) descendants.set(pid, ownerOf(pid));
      return [...descendants.values()];
    },
  };
  onTestFinished(() => {
    for (const pid of [agent.pid, ...pidsIn(logPath)]) killQuietly(pid);
  });
  const expected = 1 + acts.filter((act) => /^(group|away|again)=/.test(act)).length;
  await until(() => count(logPath, 'ready') >= expected);
  started.descendants();
  return started;
}

/** Waits until a condition is true, and fails after ten seconds. */
export async function until(isTrue: () => boolean): Promise<void> {
  for (const end = Date.now() + 10_000; !isTrue(); await sleep(10)) {
    if (Date.now() > end) throw new Error(`Waited ten seconds in vain for ${isTrue.toString()}`);
  }
}

/** The processes of these that are running. */
export function living(owners: string[]): string[] {
  return owners.filter((owner) => isAlive(owner) === true);
}

function pidsIn(logPath: string): number[] {
  const text = existsSync(logPath) ? readFileSync(logPath, 'utf8') : '';
  return [...text.matchAll(/^pid (\d+)$/gm)].map(([, pid]) => Number(pid));
}

function count(logPath: string, line: string): number {
  return readFileSync(logPath, 'utf8')
    .split('\n')
    .filter((each) => each === line).length;
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended, as expected.
  }
}
