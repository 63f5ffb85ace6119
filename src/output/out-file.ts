import { createWriteStream, renameSync, rmSync, statSync } from 'node:fs';
import { finished } from 'node:stream/promises';
import { SessionError, systemCode } from '../errors.ts';
import { Writer } from './writer.ts';

/**
 * Writes a file of the user's choice, readable by its owner alone. A file that was there is replaced when the new one is
 * whole; what is no file (a pipe, a device) is written to as it is. Throws USAGE when it can't be written.
 */
export async function writeFile(path: string, work: (writer: Writer) => Promise<void>): Promise<void> {
  const isSpecial = statSync(path, { throwIfNoEntry: false })?.isFile() === false;
  const target = isSpecial ? path : `${path}.${process.pid}.part`;
  const stream = createWriteStream(target, { mode: 0o600 });
  const writer = new Writer(stream);
  try {
    await work(writer);
    await writer.end();
    stream.end();
    await finished(stream);
    if (!isSpecial) renameSync(target, path);
  } catch (error) {
    stream.destroy();
    if (!isSpecial) rmSync(target, { force: true });
    if (error instanceof SessionError && error.code !== 'STDOUT_FAILED') throw error;
    const cause = error instanceof SessionError ? error.cause : error;
    if (systemCode(cause) === undefined) throw error;
    throw new SessionError('USAGE', `${path} could not be written (${systemCode(cause)}).`, {
      hint: 'Name a file in a directory that exists and has room.',
      cause,
    });
  }
}
