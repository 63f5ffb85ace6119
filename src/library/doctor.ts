import { resolve } from 'node:path';
import type { CheckRecord } from '../model/records.ts';
import { resolveRoot } from '../sessions/directories.ts';
import { runChecks } from '../sessions/doctor/run.ts';
import type { Context } from './context.ts';

/** Checks everything that sessions of a root need. Repairs nothing, and leaves no files. */
export function openChecks({ place, paths }: Context, root = '.'): AsyncGenerator<CheckRecord, void> {
  const { env, cwd, self } = place;
  return runChecks({ paths, env, root: resolveRoot(resolve(cwd, root)), self });
}
