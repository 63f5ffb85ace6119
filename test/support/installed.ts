import { spawnSync } from 'node:child_process';

/**
 * Whether a program that only some tests need is installed.
 *
 * With `CI` set everything has to be tested, so a missing program is an error.
 */
export function isInstalled(program: string): boolean {
  const isThere = spawnSync(program, ['--version'], { stdio: 'ignore' }).error === undefined;
  if (!isThere && process.env['CI'])
    throw new Error(`${program} is missing, and has to be here to be tested with.`);
  return isThere;
}
