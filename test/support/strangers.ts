import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { isInstalled } from './installed.ts';
import { type Running, start } from './store-program.ts';

const FOREIGN = fileURLToPath(new URL('store-foreign.py', import.meta.url));

type Counts = Record<string, number>;

/** What Python does with the file in SQLite's default mode, and the pause between, in ms. */
type Visit = `${'read' | 'backup' | 'write'} ${number}`;

/** Other programs that use a store's file: Python's sqlite3, and the `sqlite3` shell. */
export interface Strangers {
  /**
   * Ends them, and returns Python's counts by visit. Fails if one of them could write, or a reader could never read.
   */
  stop(): Promise<Record<Visit, Counts>>;
}

/** Starts them; undefined when Python or the `sqlite3` shell is not installed. */
export async function startStrangers(
  path: string,
  visits: readonly Visit[],
  shellPauses: readonly number[],
): Promise<Strangers | undefined> {
  if (!isInstalled('python3') || !isInstalled('sqlite3')) return undefined;
  const python = visits.map((visit) => start('python3', [FOREIGN, path, ...visit.split(' ')]));
  const shells = shellPauses
    .flatMap((pause) => [
      `SELECT count(*) FROM messages' >/dev/null 2>&1; sleep ${pause}`,
      `.backup ${path}.cli' 2>/dev/null; rm -f '${path}.cli'; sleep ${pause}`,
      `DELETE FROM turns' 2>/dev/null && echo written; sleep ${pause}`,
    ])
    .map((body) => start('sh', ['-c', `while :; do sqlite3 '${path}' '${body}; done`]));
  await Promise.all(python.map(({ says }) => says('ready')));
  return {
    async stop() {
      for (const { child } of shells) child.kill('SIGTERM');
      const said = await Promise.all(shells.map(async ({ ended }) => (await ended).stdout));
      expect(said.join(''), 'the shell wrote nothing').toBe('');
      const counts = Object.fromEntries(
        await Promise.all(python.map(async (each, n) => [visits[n]!, await finish(each)] as const)),
      ) as Record<Visit, Counts>;
      for (const [visit, { done }] of Object.entries(counts))
        if (visit.startsWith('write')) expect(done, 'nobody else wrote').toBeUndefined();
        else expect(done, visit).toBeGreaterThan(0);
      return counts;
    },
  };
}

/** The counts of a Python loop. */
async function finish({ child, ended }: Running): Promise<Counts> {
  child.kill('SIGTERM');
  const { stdout, ...end } = await ended;
  expect(end).toEqual({ code: 0, signal: null, stderr: '' });
  return JSON.parse(stdout.slice('ready\n'.length)) as Counts;
}
