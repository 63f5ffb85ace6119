import { realpathSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { SessionError, systemCode } from '../errors.ts';

const ADD_DIR_HINT = 'Name an existing directory with --add-dir.';

/** The root with symbolic links resolved. The agent finds its transcripts by this path. */
export function resolveRoot(path: string, hint = 'Name an existing directory with --root.'): string {
  return resolveDirectory(path, 'root', hint);
}

/** What is stored for `--add-dir`. */
export function resolveAddedDirs(given: readonly string[], cwd: string): string[] {
  const found = given.map((path) => resolveDirectory(resolve(cwd, path), 'added directory', ADD_DIR_HINT));
  return [...new Set(found)];
}

/** Throws USAGE for a path that is not a directory. */
function resolveDirectory(path: string, what: string, hint: string): string {
  try {
    const real = realpathSync(path);
    if (statSync(real).isDirectory()) return real;
  } catch (error) {
    if (systemCode(error) !== 'ENOENT' && systemCode(error) !== 'ENOTDIR') throw unreadable(path, error);
  }
  throw new SessionError('USAGE', `The ${what} ${path} is not an existing directory.`, { hint });
}

const unreadable = (path: string, cause: unknown): SessionError =>
  new SessionError('USAGE', `${path} can't be read (${systemCode(cause) ?? String(cause)}).`, { cause });
