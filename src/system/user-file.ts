import { randomUUID } from 'node:crypto';
import { accessSync, chmodSync, constants, realpathSync, renameSync, rmSync, statSync } from 'node:fs';
import type { WriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { finished } from 'node:stream/promises';
import { SessionError, systemCode } from '../errors.ts';

/** The names of our own files in the home directory. Names that begin with one of these are ours too. */
const OWN = /^(?:config\.json|sessions\.sqlite|run|cache|mock)/;

/** The file to replace, with symbolic links resolved. `mode` is that of the existing file. */
interface Target {
  path: string;
  mode: number | undefined;
}

/** Throws USAGE for a path that can't be written, or that is one of our own files. Changes nothing. */
export function checkUserFile(path: string, home: string): void {
  if (findTarget(path, home) === 'special') throw refusal(path, 'is not a regular file');
}

/**
 * Writes a file that the user named. An existing file is replaced when the new one is complete, and keeps its
 * permissions. A new one is readable only by its owner. A pipe or a device is written to directly. Throws USAGE.
 */
export async function writeUserFile(
  path: string,
  home: string,
  write: (stream: WriteStream) => Promise<void>,
): Promise<void> {
  const target = findTarget(path, home);
  let part: string | undefined;
  try {
    const to = target === 'special' ? path : `${target.path}.${randomUUID()}.part`;
    // The temporary file has a random name and must not exist, so that nobody can prepare it.
    const file = await open(to, target === 'special' ? 'w' : 'wx', 0o600);
    const stream = file.createWriteStream();
    if (target !== 'special') part = to;
    try {
      await write(stream);
      stream.end();
      await finished(stream);
    } catch (error) {
      stream.destroy();
      throw error;
    }
    if (target === 'special') return;
    if (target.mode !== undefined) chmodSync(to, target.mode);
    renameSync(to, target.path);
  } catch (error) {
    if (part !== undefined) rmSync(part, { force: true });
    if (error instanceof SessionError && error.code !== 'STDOUT_FAILED') throw error;
    const cause = error instanceof SessionError ? error.cause : error;
    if (systemCode(cause) === undefined) throw error;
    throw refusal(path, `can't be written (${systemCode(cause)})`, cause);
  }
}

function findTarget(path: string, home: string): Target | 'special' {
  try {
    const there = statSync(path, { throwIfNoEntry: false });
    if (there?.isDirectory()) throw refusal(path, 'is a directory');
    if (there?.isFile() === false) return 'special';
    const real = there === undefined ? join(realpathSync(dirname(path)), basename(path)) : realpathSync(path);
    if (OWN.test(relative(realOf(home), real))) throw refusal(path, "is one of session's own files");
    // Root could write it, but the permission was removed on purpose.
    if (there !== undefined && (there.mode & 0o222) === 0) throw refusal(path, 'is write-protected');
    if (there !== undefined) accessSync(real, constants.W_OK);
    accessSync(dirname(real), constants.W_OK);
    return { path: real, mode: there && there.mode & 0o777 };
  } catch (error) {
    if (error instanceof SessionError || systemCode(error) === undefined) throw error;
    throw refusal(path, `can't be written (${systemCode(error)})`, error);
  }
}

function realOf(home: string): string {
  return statSync(home, { throwIfNoEntry: false }) === undefined ? home : realpathSync(home);
}

function refusal(path: string, what: string, cause?: unknown): SessionError {
  const hint = 'Name a file in a directory that exists and has room.';
  return new SessionError('USAGE', `${path} ${what}.`, { hint, cause });
}
