import { Buffer } from 'node:buffer';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { systemCode } from '../../errors.ts';
import { LineSplitter, type LogLine } from './lines.ts';

const CHUNK_BYTES = 256 * 1024;

/** A part of a log, in byte offsets; `start` must be the beginning of a line. Without `end`, to the end. */
export interface LogRange {
  start: number;
  end?: number | undefined;
}

/** Reads the lines that a log has so far. A log that does not exist has none. */
export class LogReader {
  readonly #path: string;
  readonly #end: number;
  #lines: LineSplitter;
  #fd: number | undefined;
  #chunk: Buffer | undefined;

  constructor(path: string, { start, end = Number.POSITIVE_INFINITY }: LogRange) {
    this.#path = path;
    this.#end = end;
    this.#lines = new LineSplitter(start);
  }

  get isOpen(): boolean {
    return this.#fd !== undefined;
  }

  /**
   * The lines that end in the next chunk (may be none), or undefined at the current end of the log.
   *
   * A log that is shorter than what was read was truncated, and is read from its beginning.
   */
  next(): LogLine[] | undefined {
    this.#fd ??= openIfExists(this.#path);
    if (this.#fd === undefined) return undefined;
    this.#chunk ??= Buffer.allocUnsafe(CHUNK_BYTES);
    const { offset } = this.#lines;
    const wanted = Math.min(CHUNK_BYTES, this.#end - offset);
    const bytes = wanted > 0 ? readSync(this.#fd, this.#chunk, 0, wanted, offset) : 0;
    if (bytes > 0) return this.#lines.push(this.#chunk.subarray(0, bytes));
    if (fstatSync(this.#fd).size >= offset) return undefined;
    this.#lines = new LineSplitter(0);
    return this.next();
  }

  /** The last line without a newline, when the writer has finished. */
  finish(): LogLine[] {
    return this.#lines.finish();
  }

  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }
}

function openIfExists(path: string): number | undefined {
  try {
    return openSync(path, 'r');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** All lines of a range of a finished log, in batches. */
export function* readLog(path: string, range: LogRange): Generator<LogLine[], void> {
  const reader = new LogReader(path, range);
  try {
    for (let batch = reader.next(); batch !== undefined; batch = reader.next()) yield batch;
    yield reader.finish();
  } finally {
    reader.close();
  }
}
