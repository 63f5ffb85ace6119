import { closeSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import type { AnswerUpdate } from './answer.ts';
import { endsInPair, rechunk } from '../process/rechunk.ts';

/** At most this many UTF-16 units are held in memory. */
const HELD_UNITS = 1 << 20;
const READ_BYTES = 256 * 1024;

/**
 * Keeps the text of an answer while it arrives, so that the log need not be read again to store it: in memory, and a
 * long one in a file.
 *
 * When the text can't be kept (no space, or a retry discarded text that is already in the file), the log is read.
 */
export class AnswerText {
  readonly #path: string;
  #held: string[] = [];
  #heldUnits = 0;
  #fd: number | undefined;
  #isLost = false;

  /** The file is created when it is needed, is readable only by its owner, and is removed by `close`. */
  constructor(path: string) {
    this.#path = path;
  }

  add(update: AnswerUpdate): void {
    if (this.#isLost) return;
    if (update.type === 'discard') this.#takeBack(update.length);
    if (update.type !== 'text') return;
    this.#held.push(update.content);
    this.#heldUnits += update.content.length;
    if (this.#heldUnits > HELD_UNITS) this.#write();
  }

  /**
   * All of it, in pieces that never end inside a surrogate pair; undefined when it could not be kept. May be called
   * repeatedly.
   */
  pieces(): Iterable<string> | undefined {
    if (this.#isLost) return undefined;
    return this.#fd === undefined ? rechunk(this.#held) : rechunk(this.#readAll(this.#fd));
  }

  close(): void {
    if (this.#fd === undefined) return;
    closeSync(this.#fd);
    rmSync(this.#path, { force: true });
    this.#fd = undefined;
    this.#isLost = true;
  }

  #takeBack(units: number): void {
    let left = units;
    while (left > 0 && this.#held.length > 0) left -= this.#held.pop()!.length;
    this.#heldUnits -= units;
    if (left !== 0) this.#lose();
  }

  #write(): void {
    // Half a surrogate pair can't be written.
    const rest = endsInPair(this.#held.at(-1)!) ? [this.#held.pop()!] : [];
    try {
      this.#fd ??= openSync(this.#path, 'w+', 0o600);
      writeWhole(this.#fd, Buffer.from(this.#held.join('')));
      this.#held = rest;
      this.#heldUnits = rest[0]?.length ?? 0;
    } catch {
      this.#lose();
    }
  }

  #lose(): void {
    this.#held = [];
    this.close();
    this.#isLost = true;
  }

  *#readAll(fd: number): Generator<string, void> {
    const decoder = new StringDecoder('utf8');
    const chunk = Buffer.allocUnsafe(READ_BYTES);
    for (let at = 0, bytes; (bytes = readSync(fd, chunk, 0, READ_BYTES, at)) > 0; at += bytes)
      yield decoder.write(chunk.subarray(0, bytes));
    yield* this.#held;
  }
}

function writeWhole(fd: number, bytes: Buffer): void {
  for (let done = 0; done < bytes.length;) done += writeSync(fd, bytes, done);
}
