import { randomUUID } from 'node:crypto';
import { createWriteStream, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { finished } from 'node:stream/promises';
import { SessionError, systemCode } from '../errors.ts';
import { Writer } from './writer.ts';

/**
 * Writes a file of the user's choice, readable by its owner alone. A file that was there is replaced when the new one is
 * whole; what is no file (a pipe, a device) is written to as it is. Throws USAGE when it can't be written.
 */
export async function writeFile(path: string, work: (writer: Writer) => Promise<void>): Promise<void> {
  let made: string | undefined;
  try {
    const isSpecial = statSync(path, { throwIfNoEntry: false })?.isFile() === false;
    const target = isSpecial ? path : `${path}.${randomUUID()}.part`;
    // Never a file that somebody put there: its name can't be guessed, and it must not exist.
    const stream = createWriteStream(target, { fd: openSync(target, isSpecial ? 'w' : 'wx', 0o600) });
    if (!isSpecial) made = target;
    const writer = new Writer(stream);
    try {
      await work(writer);
      await writer.end();
      stream.end();
      await finished(stream);
    } catch (error) {
      stream.destroy();
      throw error;
    }
    if (made !== undefined) renameSync(made, path);
  } catch (error) {
    if (made !== undefined) rmSync(made, { force: true });
    if (error instanceof SessionError && error.code !== 'STDOUT_FAILED') throw error;
    const cause = error instanceof SessionError ? error.cause : error;
    if (systemCode(cause) === undefined) throw error;
    throw new SessionError('USAGE', `${path} could not be written (${systemCode(cause)}).`, {
      hint: 'Name a file in a directory that exists and has room.',
      cause,
    });
  }
}
