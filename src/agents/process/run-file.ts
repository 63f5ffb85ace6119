import { openSync, truncateSync } from 'node:fs';
import { SessionError, systemCode } from '../../errors.ts';

/**
 * Opens a file of the run directory for appending, readable by its owner alone.
 *
 * A full disk or a directory that may not be written is STORE_FULL or STORE_UNREADABLE: it is the home that is unfit.
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

function reason(error: unknown): string {
  return systemCode(error) ?? String(error);
}

/** Empties a log between two turns; its writer, who appends, goes on at its beginning. */
export function cutLog(path: string): void {
  try {
    truncateSync(path);
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
  }
}
