// A made-up machine to measure on: nothing of the caller's environment, and folders that are gone afterwards.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const TOP = fileURLToPath(new URL('../..', import.meta.url));
export const SESSION = join(TOP, 'bin/session.js');
export const CACHE = join(TOP, '.cache');

export const scratch = mkdtempSync(join(tmpdir(), 'session-bench-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));

/** The environment of a user who has nothing but a home, which no setting of ours is in yet. */
export function buildEnv(name) {
  const home = join(scratch, name);
  mkdirSync(join(home, 'store'), { recursive: true, mode: 0o700 });
  return {
    PATH: [dirname(process.execPath), '/usr/local/bin', '/usr/bin', '/bin'].join(delimiter),
    HOME: home,
    TMPDIR: scratch,
    SHELL: '/bin/sh',
    LANG: 'C.UTF-8',
    CLAUDE_SESSION_HOME: join(home, 'store'),
  };
}

/** The command line of the product as its users start it. */
export const session = (...args) => [process.execPath, SESSION, ...args];

/** What a command of the product prints. */
export function ask(env, ...args) {
  const options = {
    env,
    cwd: scratch,
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
    stdio: ['ignore', 'pipe', 'inherit'],
  };
  return execFileSync(process.execPath, [SESSION, ...args], options).trim();
}
