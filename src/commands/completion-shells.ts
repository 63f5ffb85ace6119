import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Io } from '../io.ts';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;

export type Shell = (typeof SHELLS)[number];

const FILES: Record<Shell, string> = { bash: 'session.bash', zsh: '_session', fish: 'session.fish' };

/** The completion script of a shell. */
export function readScript(shell: Shell, { self }: Io): string {
  return readFileSync(join(dirname(self[1]), '..', 'completions', FILES[shell]), 'utf8');
}
