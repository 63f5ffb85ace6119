import { closeSync, constants, createReadStream, fstatSync, open, openSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import type { StopRequest } from '../library/stop-request.ts';
import { SessionError, systemCode } from '../errors.ts';
import type { Io } from '../io.ts';

/** Larger messages are refused before they fill the memory. No agent accepts them. */
const MAX_BYTES = 16 << 20;

/**
 * How long to wait for input on stdin when a message is given too. A socket gets less time, because parent programs
 * often leave one open.
 */
const STDIN_WAIT_MS = { file: undefined, pipe: 3000, socket: 100 };

/**
 * Reads the message of a `send`, unchanged: its words joined by spaces, a file, stdin, or words followed by stdin.
 *
 * With words, stdin is read when a last word `-` or `--file -` asks for it, or when stdin was redirected for this
 * command. In the second case it is read only if input comes soon, so that a parent that keeps it open can't block the
 * command. A byte order mark and text that is not UTF-8 are refused. Throws USAGE, and the error of `stop` when
 * interrupted.
 */
export async function readMessage(
  words: string[],
  file: string | undefined,
  { io, notice }: { io: Io; notice(sentence: string): void },
  stop: StopRequest,
): Promise<string> {
  const isStdinAsked = file === '-' || words.at(-1) === '-';
  const said = (words.at(-1) === '-' ? words.slice(0, -1) : words).join(' ');
  if (said !== '' && file !== undefined && file !== '-')
    throw new SessionError('USAGE', 'The message was given twice: as arguments and with --file.');
  if (file !== undefined && file !== '-') return decode(await readSource(resolve(io.cwd, file), stop), file);
  if (words.length > 0 && !isStdinAsked) return join(said, await readBeside(io, notice, stop));
  if (io.stdin.isTTY === true && !isStdinAsked)
    throw new SessionError('USAGE', 'No message was given.', {
      hint: 'Give it as arguments, with --file FILE, or pipe it in.',
    });
  const read = decode(await readStream(io.stdin, 'stdin', stop), 'stdin');
  return said === '' ? read : join(said, read);
}

/** The words, followed by the text of stdin. */
function join(words: string, piped: string): string {
  return piped.trim() === '' ? words : `${words}\n\n${piped}`;
}

async function readBeside(io: Io, notice: (sentence: string) => void, stop: StopRequest): Promise<string> {
  const kind = io.findOwnStdin?.();
  if (kind === undefined) return '';
  const waitMs = STDIN_WAIT_MS[kind];
  if (waitMs !== undefined && !(await isReadable(io.stdin, waitMs, stop))) {
    io.stdin.destroy();
    if (kind === 'pipe')
      notice(
        `nothing came on stdin within ${waitMs / 1000} s, so it is left out; a lone - behind the message waits for it, </dev/null does not`,
      );
    return '';
  }
  return decode(await readStream(io.stdin, 'stdin', stop), 'stdin');
}

/** Resolves to true when there is input or the end of the stream; false when neither came in time. */
async function isReadable(stream: Readable, withinMs: number, stop: StopRequest): Promise<boolean> {
  let unlisten = (): void => {};
  try {
    return await new Promise((tell) => {
      const timer = setTimeout(() => tell(false), withinMs);
      const done = (): void => {
        clearTimeout(timer);
        tell(true);
      };
      unlisten = stop.listen(done);
      for (const event of ['readable', 'end', 'error', 'close']) stream.once(event, done);
    });
  } finally {
    unlisten();
    stop.throwIfAsked();
  }
}

async function readSource(path: string, stop: StopRequest): Promise<Buffer> {
  try {
    const fd = await openSource(path, stop);
    return await readStream(await streamOf(fd), path, stop);
  } catch (error) {
    if (error instanceof SessionError) throw error;
    const reason = systemCode(error) ?? String(error);
    throw new SessionError('USAGE', `The message file ${path} can't be read (${reason}).`, { cause: error });
  }
}

/**
 * Opening a named pipe blocks until there is a writer, and Node can't cancel it. So a stop opens the pipe for writing
 * and closes it.
 */
async function openSource(path: string, stop: StopRequest): Promise<number> {
  const unlisten = stop.listen(() => {
    try {
      closeSync(openSync(path, constants.O_WRONLY | constants.O_NONBLOCK));
    } catch {
      // There is no reader.
    }
  });
  try {
    return await promisify(open)(path, 'r');
  } finally {
    unlisten();
    stop.throwIfAsked();
  }
}

/** A stream for the descriptor. One of type file can't be destroyed while it waits on a pipe, so pipes get a socket. */
async function streamOf(fd: number): Promise<Readable> {
  if (!fstatSync(fd).isFIFO()) return createReadStream('', { fd });
  const { Socket } = await import('node:net');
  return new Socket({ fd, readable: true, writable: false });
}

/** Reads to the end, unless stopped. */
async function readStream(stream: Readable, where: string, stop: StopRequest): Promise<Buffer> {
  const unlisten = stop.listen(() => stream.destroy());
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer | string>) {
      const piece = Buffer.from(chunk as string);
      bytes += piece.length;
      if (bytes > MAX_BYTES)
        throw new SessionError('USAGE', `The message from ${where} has more than ${MAX_BYTES} bytes.`);
      chunks.push(piece);
    }
    return Buffer.concat(chunks);
  } catch (error) {
    stop.throwIfAsked();
    throw error;
  } finally {
    unlisten();
  }
}

function decode(bytes: Buffer, where: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw new SessionError('USAGE', `The message from ${where} is not valid UTF-8 text.`, { cause: error });
  }
}
