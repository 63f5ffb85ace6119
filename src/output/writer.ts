import { fstatSync } from 'node:fs';
import type { Output } from '../io.ts';
import { SessionError } from '../errors.ts';
import { escapeJsonText, neutralise } from '../text/safe-text.ts';
import type { Format } from './format.ts';
import { openSink } from './sink.ts';
import type { Sink } from './sink.ts';
import { isHighSurrogate } from '../text/surrogates.ts';
import { findColumns } from './terminal.ts';

const BATCH_CHARS = 64 * 1024;
const GONE = new Set(['EPIPE', 'ECONNRESET', 'EOF', 'ERR_STREAM_DESTROYED', 'ERR_STREAM_WRITE_AFTER_END']);

/**
 * Writes to stdout. Small pieces are joined until the next turn of the event loop, and callers wait for a slow reader.
 *
 * For a terminal, control characters are escaped. Other output is not changed.
 *
 * When the reader closes the pipe (`| head -1`), `isClosed` is set and everything after is ignored. `end` throws any
 * other failure.
 */
export class Writer {
  readonly isTerminal: boolean;
  /** The width of a line on a terminal. */
  readonly columns: number | undefined;
  /** The format of what is written. It decides how text is escaped for a terminal. */
  form: Format = 'text';
  isClosed = false;
  hasWritten = false;
  private readonly stream: Output;
  private opened: Sink | undefined;
  private pending = '';
  private waiting: Promise<void> | undefined;
  private isScheduled = false;
  private failure: Error | undefined;
  private isShared: boolean | undefined;

  constructor(stream: Output) {
    this.stream = stream;
    this.isTerminal = stream.isTTY === true;
    this.columns = findColumns(stream);
  }

  /** Whether it writes to the same terminal, pipe or file as another stream. */
  isOneWith(other: Output): boolean {
    if (this.isTerminal || other.isTTY === true) return this.isTerminal && other.isTTY === true;
    return (this.isShared ??= isSameFile(this.stream.fd, other.fd));
  }

  /** Writes a piece. Await the promise that it may return: the reader is slow. */
  write(text: string): Promise<void> | undefined {
    if (!this.isTerminal) return this.writeStyled(text);
    return this.writeStyled(this.form === 'text' ? neutralise(text) : escapeJsonText(text));
  }

  /** Like `write`, for text with our colours, in which foreign text has been escaped. */
  writeStyled(text: string): Promise<void> | undefined {
    if (this.isClosed || text === '') return undefined;
    this.hasWritten = true;
    this.pending += text;
    if (this.waiting !== undefined) return this.waiting;
    if (this.pending.length >= BATCH_CHARS) return this.push();
    if (!this.isScheduled) {
      this.isScheduled = true;
      setImmediate(() => {
        this.isScheduled = false;
        if (this.waiting === undefined) void this.push();
      });
    }
    return undefined;
  }

  /** Resolves when all pieces so far were passed to the system, or have failed. */
  async flush(): Promise<void> {
    while (!this.isClosed && this.pending !== '') await (this.waiting ?? this.push(true));
    if (this.opened !== undefined && !this.isClosed) await this.opened.settle();
  }

  /** Flushes, and throws STDOUT_FAILED, once, if something could not be written. The stream stays open. */
  async end(): Promise<void> {
    await this.flush();
    const { failure } = this;
    this.failure = undefined;
    if (failure === undefined) return;
    throw new SessionError('STDOUT_FAILED', `The output could not be written: ${failure.message}.`, {
      hint: 'Nothing that is stored was lost: make room and print it again.',
      cause: failure,
    });
  }

  private push(isLast = false): Promise<void> | undefined {
    if (this.isClosed) return undefined;
    this.opened ??= openSink(this.stream, (error) => this.fail(error));
    // The first half of a surrogate pair waits for the second.
    const cut =
      !isLast && isHighSurrogate(this.pending.at(-1)) ? this.pending.length - 1 : this.pending.length;
    const chunk = this.pending.slice(0, cut);
    this.pending = this.pending.slice(cut);
    if (chunk === '') return undefined;
    this.waiting = this.opened.write(chunk)?.then(() => {
      this.waiting = undefined;
      return this.pending === '' ? undefined : this.push();
    });
    return this.waiting;
  }

  private fail(error: NodeJS.ErrnoException): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.pending = '';
    if (!GONE.has(error.code ?? '')) this.failure = error;
  }
}

function isSameFile(a: number | undefined, b: number | undefined): boolean {
  if (a === undefined || b === undefined) return false;
  try {
    const [one, other] = [fstatSync(a), fstatSync(b)];
    return one.ino === other.ino && one.dev === other.dev;
  } catch {
    return false;
  }
}
