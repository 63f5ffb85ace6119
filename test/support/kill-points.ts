import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { isTorture } from './run.ts';
import type { Place, Start } from './run.ts';

const PRELOAD = fileURLToPath(new URL('./kill-at.cjs', import.meta.url));

/** Makes a run of the program end itself with SIGKILL in front of its n-th step, from the first that ends so (see kill-at.cjs). */
export function killAt(step: number, from = ''): Start {
  return { node: ['--require', PRELOAD], env: { KILL_AT: String(step), KILL_FROM: from } };
}

/** The steps of a run, in order, by what they do. Those that only keep compiled code are left out. */
export async function listSteps(place: Place, argv: string[]): Promise<string[]> {
  const log = path.join(place.root, 'steps.log');
  await place.run(argv, { node: ['--require', PRELOAD], env: { KILL_LOG: log } });
  const steps = readFileSync(log, 'utf8').trim().split('\n');
  const cache = steps.findIndex((step) => step.includes(' cache/'));
  return cache === -1 ? steps : steps.slice(0, cache);
}

/** All steps in the full run; else every so many, so that every part of a run has one. */
export function chooseSteps(steps: string[], every: number): number[] {
  const all = steps.map((_, at) => at + 1);
  return isTorture ? all : all.filter((step) => step % every === 0);
}
