import { expect } from 'vitest';
import { processesOf } from './processes.ts';
import type { Place, Content } from './run.ts';

/** Runs one turn of a warm agent. Returns the record of `--json`. */
export async function sendWarm(
  place: Place,
  id: string,
  script: string,
  flags: string[] = [],
  env: Record<string, string> = {},
): Promise<Content> {
  const argv = ['send', id, script, '--warm', '--json', ...flags];
  const { code, stdout, stderr } = await place.run(argv, { env });
  if (code !== 0) throw new Error(`${script} ended with ${code}: ${stderr}`);
  return JSON.parse(stdout) as Content;
}

/** The processes of a home with one of these words in their command lines. */
export function pidsOf(place: Place, ...words: string[]): number[] {
  return processesOf(place.home)
    .filter(({ command }) => words.some((word) => command.includes(word)))
    .map(({ pid }) => pid);
}

/** The only host or agent of a home. */
export function pidOf(place: Place, word: 'warm-host' | 'mock-agent'): number {
  const pids = pidsOf(place, word);
  expect(pids).toHaveLength(1);
  return pids[0]!;
}
