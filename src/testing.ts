/** For tests of programs that use the library: the mock agent, which answers offline and does what the message says. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { systemCode } from './errors.ts';
import { openSessions } from './index.ts';
import type { OpenOptions, Sessions } from './index.ts';

/** Sessions that are gone when they are closed. */
export type TestSessions = Sessions & {
  /** The directory that they are kept in. */
  readonly home: string;
  /** The directory that their agents work in, unless one is named. */
  readonly root: string;
};

/** Opens sessions in temporary directories of their own, whose agent is the mock agent. `close` removes all of it. */
export async function openTestSessions(options: Omit<OpenOptions, 'home'> = {}): Promise<TestSessions> {
  const top = realpathSync(mkdtempSync(join(tmpdir(), 'session-test-')));
  const home = join(top, 'home');
  const root = join(top, 'root');
  mkdirSync(root);
  const env = { ...(options.env ?? process.env), CLAUDE_SESSION_AGENT: 'mock' };
  const sessions = await openSessions({ cwd: root, ...options, home, env }).catch((error: unknown) => {
    rmSync(top, { recursive: true, force: true });
    throw error;
  });
  const close = sessions.close.bind(sessions);
  return Object.assign(sessions, {
    home,
    root,
    async close(): Promise<void> {
      await sessions.stop().catch(() => {});
      await close();
      await remove(top);
    },
  });
}

/** A process that a test has started may still be ending in it. */
async function remove(directory: string): Promise<void> {
  for (let tries = 50; ; tries--)
    try {
      return rmSync(directory, { recursive: true, force: true });
    } catch (error) {
      if (tries === 0 || systemCode(error) !== 'ENOTEMPTY') throw error;
      await pause(50);
    }
}

/** Starts the mock agent as a program: it speaks Claude Code's protocol on stdin and stdout. */
export const mockAgent: readonly string[] = [
  process.execPath,
  fileURLToPath(new URL('launcher.cjs', import.meta.url)),
  'mock-agent',
];
