import { spawnSync } from 'node:child_process';

/**
 * Whether a program that only some tests need is on this machine.
 *
 * Where everything has to be tested (`CI` is set) one that is missing is an error, not a reason to pass it over.
 */
export function isInstalled(program: string): boolean {
  const isThere = spawnSync(program, ['--version'], { stdio: 'ignore' }).error === undefined;
  if (!isThere && process.env['CI'])
    throw new Error(`${program} is missing, and has to be here to be tested with.`);
  return isThere;
}
