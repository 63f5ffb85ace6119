import { closeSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import type { AnswerUpdate } from './answer.ts';
import { endsInPair, rechunk } from '../process/rechunk.ts';

/** At most this many UTF-16 units are held in memory. */
const HELD_UNITS = 1 << 20;
const READ_BYTES = 256 * 1024;

/**
 * The text of an answer, kept while it is said, so that its log need not be read again to store and to tell it: in memory,
 * and a long one in a file.
 *
 * An aid only: where it can't be kept (no room, or a retry took back what is in the file already), the log has it.
 */
export class AnswerText {
  readonly #path: string;
  #held: string[] = [];
  #heldUnits = 0;
  #fd: number | undefined;
  #isLost = false;

  /** The file is made when it is needed, readable by its owner alone, and removed by `close`. */
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

  /** All of it, in pieces that never end inside a surrogate pair, as often as wanted; undefined where it could not be kept. */
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
