/**
 * For tests of programs that use the library: the mock agent, which works offline and answers by the script in the
 * message.
 */
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { systemCode } from './errors.ts';
import { openSessions } from './index.ts';
import type { OpenOptions, Sessions } from './index.ts';

/** Sessions that are removed when they are closed. */
export type TestSessions = Sessions & {
  /** Their home directory. */
  readonly home: string;
  /** The default working directory of their agents. */
  readonly root: string;
};

/** Opens sessions in new temporary directories, with the mock agent. `close` removes everything. */
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

/** Removes a directory. It is tried several times, because a process of the test may still use it. */
async function remove(directory: string): Promise<void> {
  for (let tries = 50; ; tries--)
    try {
      return rmSync(directory, { recursive: true, force: true });
    } catch (error) {
      if (tries === 0 || systemCode(error) !== 'ENOTEMPTY') throw error;
      await pause(50);
    }
}

/** The command of the mock agent, which speaks Claude Code's protocol on stdin and stdout. */
export const mockAgent: readonly string[] = [
  process.execPath,
  fileURLToPath(new URL('launcher.cjs', import.meta.url)),
  'mock-agent',
];
