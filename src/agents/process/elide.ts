import { Buffer } from 'node:buffer';
import { ElidedText, renderMarker } from './elided-text.ts';

/*
 * A line of the turn log can be as long as the answer, and the agent repeats the answer in two lines. Such lines are
 * read without their long strings. Each is replaced by a marker with its length and its position in the log.
 */

/** Strings of more bytes than this are left out. */
const LONG_STRING_BYTES = 1 << 20;
/** A line that is longer than this even without its long strings is not parsed. */
const KEPT_BYTES = 8 << 20;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const LOWER_U = 0x75;

/** Reads one line in pieces, byte by byte, and keeps all of it except the long strings. Memory is constant. */
export class LineElider {
  #kept: Buffer[] = [];
  #keptBytes = 0;
  #inString = false;
  #escaped = false;
  /** The part of the current string that came with earlier pieces; empty once the string is known to be long. */
  #string: Buffer[] = [];
  #stringStart = 0;
  #units = 0;
  readonly #start: number;
  #offset: number;

  /** `offset` is where in the log the line begins. */
  constructor(offset: number) {
    this.#start = offset;
    this.#offset = offset;
  }

  push(piece: Buffer): void {
    if (this.#keptBytes > KEPT_BYTES) {
      this.#offset += piece.length;
      return;
    }
    let keepFrom = 0;
    let quote = 0;
    let at = 0;
    while (at < piece.length) {
      if (!this.#inString) {
        const next = piece.indexOf(QUOTE, at);
        if (next === -1) break;
        quote = next;
        at = next + 1;
        this.#begin(this.#offset + at);
        continue;
      }
      at = this.#scan(piece, at);
      if (this.#inString) break;
      const end = this.#offset + at - 1;
      if (end - this.#stringStart > LONG_STRING_BYTES) {
        this.#keep(piece.subarray(keepFrom, quote));
        this.#keep(Buffer.from(renderMarker(new ElidedText(this.#units, this.#stringStart, end))));
        keepFrom = at;
      } else {
        for (const part of this.#string) this.#keep(part);
      }
      this.#string = [];
    }
    this.#suspend(piece, keepFrom, quote);
    this.#offset += piece.length;
  }

  /** The line without its long strings. When even that is too long, a status line that says so. */
  finish(): string {
    if (this.#keptBytes > KEPT_BYTES) {
      const status = `a line of ${this.#offset - this.#start} bytes was left out`;
      return JSON.stringify({ type: 'system', subtype: 'status', status });
    }
    return Buffer.concat([...this.#kept, ...this.#string]).toString('utf8');
  }

  #begin(offset: number): void {
    this.#inString = true;
    this.#escaped = false;
    this.#stringStart = offset;
    this.#units = 0;
  }

  /** Scans a string's body. Returns the position after its closing quote, or the end of the piece. */
  #scan(piece: Buffer, from: number): number {
    let units = this.#units;
    let escaped = this.#escaped;
    let at = from;
    for (; at < piece.length; at++) {
      const byte = piece[at] as number;
      if (escaped) {
        escaped = false;
        // The four digits that follow `\u` are counted below; with the escape they make one unit.
        units += byte === LOWER_U ? -3 : 1;
      } else if (byte === BACKSLASH) {
        escaped = true;
      } else if (byte === QUOTE) {
        this.#inString = false;
        at++;
        break;
      } else if ((byte & 0xc0) !== 0x80) {
        units += byte >= 0xf0 ? 2 : 1;
      }
    }
    this.#units = units;
    this.#escaped = escaped;
    return at;
  }

  /** Saves the end of a piece: kept text, and separately the string that continues in the next piece. */
  #suspend(piece: Buffer, keepFrom: number, quote: number): void {
    if (!this.#inString) {
      this.#keep(piece.subarray(keepFrom));
      return;
    }
    this.#keep(piece.subarray(keepFrom, quote));
    const isLong = this.#offset + piece.length - this.#stringStart > LONG_STRING_BYTES;
    if (isLong) this.#string = [];
    else this.#string.push(Buffer.from(piece.subarray(quote)));
  }

  #keep(bytes: Buffer): void {
    this.#keptBytes += bytes.length;
    if (this.#keptBytes > KEPT_BYTES) this.#kept = [];
    else this.#kept.push(Buffer.from(bytes));
  }
}
