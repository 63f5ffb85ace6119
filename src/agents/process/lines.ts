import { Buffer, isAscii } from 'node:buffer';
import { LineElider } from './elide.ts';

export interface LogLine {
  /** Without its newline. A very long line is without its long strings (see elide.ts). */
  text: string;
  /** Byte offsets in the log: of the first byte, and after the newline. */
  start: number;
  end: number;
}

/** Longer lines are read without their long strings. */
export const LONG_LINE_BYTES = 4 << 20;

const NEWLINE = 0x0a;

/**
 * Splits consecutive pieces of a log into lines. Holds at most one unfinished line, and of a long one not its long
 * strings.
 */
export class LineSplitter {
  #offset: number;
  #lineStart: number;
  #pending: Buffer[] = [];
  #elider: LineElider | null = null;

  /** `offset` is the log position of the first piece, which must be the beginning of a line. */
  constructor(offset: number) {
    this.#offset = offset;
    this.#lineStart = offset;
  }

  /** The log position at which the next piece must begin. */
  get offset(): number {
    return this.#offset;
  }

  /** Where the unfinished line begins. */
  get lineStart(): number {
    return this.#lineStart;
  }

  /** The lines that end in this piece. The buffer may be reused afterwards. */
  push(piece: Buffer): LogLine[] {
    const lines: LogLine[] = [];
    let from = 0;
    if (this.#lineStart < this.#offset) {
      const newline = piece.indexOf(NEWLINE);
      if (newline !== -1) {
        from = newline + 1;
        lines.push({
          text: this.#join(piece.subarray(0, newline)),
          start: this.#lineStart,
          end: this.#offset + from,
        });
      }
    }
    const to = piece.lastIndexOf(NEWLINE) + 1;
    if (from < to) cutWholeLines(piece.subarray(from, to), this.#offset + from, lines);
    this.#lineStart = lines.at(-1)?.end ?? this.#lineStart;
    this.#offset += piece.length;
    if (to < piece.length) this.#hold(piece.subarray(to));
    return lines;
  }

  /** The last line, when the log ends without a newline. Don't push anything afterwards. */
  finish(): LogLine[] {
    if (this.#lineStart === this.#offset) return [];
    return [{ text: this.#join(Buffer.alloc(0)), start: this.#lineStart, end: this.#offset }];
  }

  #hold(bytes: Buffer): void {
    if (this.#elider !== null) {
      this.#elider.push(bytes);
      return;
    }
    this.#pending.push(Buffer.from(bytes));
    if (this.#offset - this.#lineStart <= LONG_LINE_BYTES) return;
    this.#elider = new LineElider(this.#lineStart);
    for (const part of this.#pending) this.#elider.push(part);
    this.#pending = [];
  }

  #join(last: Buffer): string {
    if (this.#elider !== null) {
      this.#elider.push(last);
      const text = this.#elider.finish();
      this.#elider = null;
      return text;
    }
    const text = Buffer.concat([...this.#pending, last]).toString('utf8');
    this.#pending = [];
    return text;
  }
}

/** Adds the lines of a buffer that contains only whole lines. */
function cutWholeLines(bytes: Buffer, offset: number, lines: LogLine[]): void {
  // Decoding many lines at once is faster, but only for ASCII.
  const text = isAscii(bytes) ? bytes.toString('latin1') : undefined;
  for (let from = 0; from < bytes.length;) {
    const newline = text === undefined ? bytes.indexOf(NEWLINE, from) : text.indexOf('\n', from);
    const line = text === undefined ? bytes.toString('utf8', from, newline) : text.slice(from, newline);
    lines.push({ text: line, start: offset + from, end: offset + newline + 1 });
    from = newline + 1;
  }
}
