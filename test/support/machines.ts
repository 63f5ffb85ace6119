/** Simulates machines that share a database. Each has its own home directory and its own boot id. */
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { createDatabase } from './postgres.ts';
import { killAll } from './processes.ts';
import { PROGRAM, Running } from './run.ts';
import type { Ended } from './run.ts';
import { temporaryDirectory } from './temporary.ts';

/** Whether a process can get another boot id, which needs root. */
export function mayUnshare(): boolean {
  try {
    execFileSync('unshare', ['-m', 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

export interface Machine {
  home: string;
  /** Additional environment variables of processes that are started later. */
  env: Record<string, string>;
  /** The working directory. */
  root: string;
  start(...words: string[]): Running;
  run(...words: string[]): Promise<Ended>;
}

/** Makes one machine with a database. */
export function makeOnly(url: string): Machine {
  const top = temporaryDirectory();
  return makeMachine('only', { url, top, root: top });
}

/** Makes a database, unless one is given, and a machine for each name. All have the same root. */
export async function makeFleet(
  names: string[],
  given?: string,
): Promise<{ url: string; root: string; machines: Machine[] }> {
  const url = given ?? (await createDatabase(process.env['TEST_POSTGRES']!));
  const top = temporaryDirectory();
  const root = path.join(top, 'root');
  mkdirSync(root);
  return { url, root, machines: names.map((name) => makeMachine(name, { url, top, root })) };
}

function makeMachine(name: string, { url, top, root }: { url: string; top: string; root: string }): Machine {
  const home = path.join(top, name);
  const bootId = path.join(top, `${name}.boot`);
  writeFileSync(bootId, `${Buffer.from(name.padEnd(4, '_')).toString('hex')}-0000-4000-8000-000000000000\n`);
  onTestFinished(() => killAll(home));
  const env: Record<string, string> = {
    PATH: process.env['PATH']!,
    HOME: top,
    CLAUDE_SESSION_HOME: home,
    CLAUDE_SESSION_AGENT: 'mock',
    CLAUDE_SESSION_STORE_URL: url,
  };
  const script = 'mount --bind "$0" /proc/sys/kernel/random/boot_id && exec "$@"';
  const apart = ['unshare', '-m', 'sh', '-c', script, bootId];
  const start = (...words: string[]): Running => {
    const [program, ...argv] = [...(mayUnshare() ? apart : []), process.execPath, PROGRAM, ...words];
    const child = spawn(program!, argv, { env, cwd: machine.root, stdio: ['ignore', 'pipe', 'pipe'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    return new Running(child);
  };
  const machine: Machine = { home, env, root, start, run: (...words) => start(...words).ended };
  return machine;
}
