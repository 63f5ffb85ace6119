import { accessSync, constants, statSync } from 'node:fs';
import path from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Returns the absolute path of a program: the name itself when it is absolute, else the first match on PATH. Returns
 * undefined when there is none.
 *
 * Empty and relative entries of PATH are skipped. They mean the current directory, which is a checkout for the programs
 * we start.
 */
export function findProgram(name: string, env: Environment): string | undefined {
  if (path.isAbsolute(name)) return isProgram(name) ? name : undefined;
  if (name.includes('/') || name.includes(path.sep)) return undefined;
  const suffixes = process.platform === 'win32' ? (env['PATHEXT'] ?? '.EXE;.CMD').split(';') : [''];
  return absoluteEntries(env['PATH'] ?? '')
    .flatMap((folder) => suffixes.map((suffix) => path.join(folder, name + suffix)))
    .find((file) => isProgram(file));
}

/**
 * Returns the environment with only absolute entries in PATH, for a program that is started in a checkout. No program
 * in the checkout is then found by PATH.
 */
export function withAbsolutePath<E extends Environment>(env: E): E {
  if (env['PATH'] === undefined) return env;
  const { PATH, ...others } = env;
  const entries = absoluteEntries(PATH);
  // An empty PATH would mean the current directory.
  return (entries.length === 0 ? others : { ...env, PATH: entries.join(path.delimiter) }) as E;
}

function absoluteEntries(list: string): string[] {
  return list.split(path.delimiter).filter((folder) => path.isAbsolute(folder));
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
