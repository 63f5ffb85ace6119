import { existsSync, openSync, readFileSync, truncateSync } from 'node:fs';
import { SessionError, systemCode } from '../../errors.ts';

/**
 * Opens a file of the run directory for appending, readable by its owner alone.
 *
 * Throws STORE_FULL for a full disk, and STORE_UNREADABLE for a directory that is not writable.
 */
export function openRunFile(path: string): number {
  try {
    return openSync(path, 'a', 0o600);
  } catch (error) {
    const isFull = ['ENOSPC', 'EDQUOT'].includes(systemCode(error) ?? '');
    throw new SessionError(
      isFull ? 'STORE_FULL' : 'STORE_UNREADABLE',
      isFull
        ? `The disk is full: ${path} could not be written.`
        : `${path} could not be written: ${reason(error)}.`,
      {
        hint: isFull ? 'Free some space and try again.' : 'Check the permissions of that directory.',
        cause: error,
      },
    );
  }
}

/**
 * Reads the JSON object that another process left in a file of the run directory. Undefined when there is no file, or
 * when one of `texts` is not a string in it: the writer crashed, or the file is not ours.
 */
export function readRunFile<Content extends object>(
  path: string,
  texts: readonly (keyof Content & string)[],
): Content | undefined {
  if (!existsSync(path)) return undefined;
  try {
    const found = JSON.parse(readFileSync(path, 'utf8')) as Content | null;
    return texts.every((text) => typeof found?.[text] === 'string') ? (found ?? undefined) : undefined;
  } catch {
    return undefined;
  }
}

function reason(error: unknown): string {
  return systemCode(error) ?? String(error);
}

/** Empties a log between two turns. Its writer appends, so it continues at the beginning. */
export function truncateLog(path: string): void {
  try {
    truncateSync(path);
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
  }
}
