import { resolve } from 'node:path';
import type { StopRequest } from '../core/stop-request.ts';
import { SessionError, systemCode } from '../errors.ts';
import type { Io } from '../io.ts';

/** Refuses what no agent takes before it fills the memory. */
const MAX_BYTES = 16 << 20;

/**
 * The message of a `send`, byte for byte: its words joined by spaces, a file, or stdin.
 *
 * Stdin is read only when nothing else was given, so a parent that keeps it open can't hang a send that has a message.
 * A byte order mark and text that is not UTF-8 are refused rather than changed. Throws USAGE, and the stop's own error when it is asked while stdin is awaited.
 */
export async function readMessage(
  words: string[],
  file: string | undefined,
  io: Io,
  stop: StopRequest,
): Promise<string> {
  if (words.length > 0 && file !== undefined && !(words.length === 1 && words[0] === '-'))
    throw new SessionError('USAGE', 'The message was given twice: as arguments and with --file.');
  if (file !== undefined && file !== '-') return decode(await readSource(resolve(io.cwd, file), stop), file);
  if (words.length > 0 && !(words.length === 1 && words[0] === '-')) return words.join(' ');
  if (io.stdin.isTTY === true && file !== '-' && words.length === 0)
    throw new SessionError('USAGE', 'No message was given.', {
      hint: 'Give it as arguments, with --file FILE, or pipe it in.',
    });
  const unlisten = stop.listen(() => io.stdin.destroy());
  try {
    return decode(await readStdin(io), 'stdin');
  } catch (error) {
    stop.throwIfAsked();
    throw error;
  } finally {
    unlisten();
  }
}

/** A named pipe may keep us waiting, for a writer or for its end. */
async function readSource(path: string, stop: StopRequest): Promise<Buffer> {
  const stopped = new Promise<never>((_, reject) => {
    stop.listen(() => {
      try {
        stop.throwIfAsked();
      } catch (error) {
        reject(error as Error);
      }
    });
  });
  try {
    const { readFile } = await import('node:fs/promises');
    return await Promise.race([readFile(path), stopped]);
  } catch (error) {
    if (error instanceof SessionError) throw error;
    throw new SessionError(
      'USAGE',
      `The message file ${path} can't be read (${systemCode(error) ?? String(error)}).`,
      {
        cause: error,
      },
    );
  }
}

async function readStdin({ stdin }: Io): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stdin as AsyncIterable<Buffer | string>) {
    const piece = Buffer.from(chunk as string);
    bytes += piece.length;
    if (bytes > MAX_BYTES)
      throw new SessionError('USAGE', `The message on stdin has more than ${MAX_BYTES} bytes.`);
    chunks.push(piece);
  }
  return Buffer.concat(chunks);
}

function decode(bytes: Buffer, where: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw new SessionError('USAGE', `The message from ${where} is no UTF-8 text.`, { cause: error });
  }
}
