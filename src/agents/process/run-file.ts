import { existsSync, openSync, readFileSync, truncateSync } from 'node:fs';
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

/**
 * What a process left word of in a file of the run directory; undefined where there is none, or none that has these texts:
 * it was cut by a crash, or is nobody's we know.
 */
export function readRunRecord<Record_ extends object>(
  path: string,
  texts: readonly (keyof Record_ & string)[],
): Record_ | undefined {
  if (!existsSync(path)) return undefined;
  try {
    const found = JSON.parse(readFileSync(path, 'utf8')) as Record_ | null;
    return texts.every((text) => typeof found?.[text] === 'string') ? (found ?? undefined) : undefined;
  } catch {
    return undefined;
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
