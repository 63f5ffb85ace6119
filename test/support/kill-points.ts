import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { isTorture } from './run.ts';
import type { Place, Start } from './run.ts';

const PRELOAD = fileURLToPath(new URL('./kill-at.cjs', import.meta.url));

/**
 * Makes a run of the program kill itself with SIGKILL before its n-th step, counted from the first step that ends with
 * `from` (see kill-at.cjs).
 */
export function killAt(step: number, from = ''): Start {
  return { node: ['--require', PRELOAD], env: { KILL_AT: String(step), KILL_FROM: from } };
}

/** The names of a run's steps, in order, without those that only cache compiled code. */
export async function listSteps(place: Place, argv: string[]): Promise<string[]> {
  const log = path.join(place.root, 'steps.log');
  await place.run(argv, { node: ['--require', PRELOAD], env: { KILL_LOG: log } });
  const steps = readFileSync(log, 'utf8').trim().split('\n');
  const cache = steps.findIndex((step) => step.includes(' cache/'));
  return cache === -1 ? steps : steps.slice(0, cache);
}

/** All steps in the full run, else every n-th step, so that every part of a run is covered. */
export function chooseSteps(steps: string[], every: number): number[] {
  const all = steps.map((_, at) => at + 1);
  return isTorture ? all : all.filter((step) => step % every === 0);
}
