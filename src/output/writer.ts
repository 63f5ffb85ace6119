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
 * The way to stdout: small pieces go out together, at the latest when the event loop turns, and a slow reader is waited for.
 *
 * On a terminal nothing that is written can command it. Elsewhere it goes out as it is.
 *
 * A reader that leaves (`| head -1`) makes it a quiet sink, `isClosed`. Any other failure is kept and told by `end`.
 */
export class Writer {
  readonly isTerminal: boolean;
  /** What a line may hold on a terminal. */
  readonly columns: number | undefined;
  /** Of what is written: it decides how that is made harmless for a terminal. */
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

  /** Whether it goes to the same terminal, pipe or file as the other. */
  isOneWith(other: Output): boolean {
    if (this.isTerminal || other.isTTY === true) return this.isTerminal && other.isTTY === true;
    return (this.isShared ??= isSameFile(this.stream.fd, other.fd));
  }

  /** Takes a piece. Await what it returns, if anything: the reader is behind. */
  write(text: string): Promise<void> | undefined {
    if (!this.isTerminal) return this.writeStyled(text);
    return this.writeStyled(this.form === 'text' ? neutralise(text) : escapeJsonText(text));
  }

  /** As `write`, for text with colours of ours, in which all that is foreign has been made harmless. */
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

  /** Resolves when all pieces so far were handed to the system (or will never be). */
  async flush(): Promise<void> {
    while (!this.isClosed && this.pending !== '') await (this.waiting ?? this.push(true));
    if (this.opened !== undefined && !this.isClosed) await this.opened.settle();
  }

  /** Flushes, leaves the stream open, and throws STDOUT_FAILED, once, if something could not be written. */
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
    // Half a surrogate pair waits for its other half.
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
