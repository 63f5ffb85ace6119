import { randomUUID } from 'node:crypto';
import { closeSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Where a value is in a spool. */
export interface SpoolRef {
  at: number;
  bytes: number;
}

const BUFFER_BYTES = 1 << 20;

/**
 * Values on disk, written one after the other and read in any order, so that memory doesn't grow with them.
 *
 * The file is in the directory for temporary files, for its owner alone, and has no name as soon as it is open.
 */
export class Spool {
  readonly #path = path.join(tmpdir(), `session-${randomUUID()}`);
  readonly #fd = openSync(this.#path, 'wx+', 0o600);
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #flushedBytes = 0;

  constructor() {
    this.#removeName();
  }

  add(value: unknown): SpoolRef {
    const buffer = Buffer.from(JSON.stringify(value));
    const ref = { at: this.#flushedBytes + this.#waitingBytes, bytes: buffer.length };
    this.#waiting.push(buffer);
    this.#waitingBytes += buffer.length;
    if (this.#waitingBytes > BUFFER_BYTES) this.#flush();
    return ref;
  }

  read({ at, bytes }: SpoolRef): unknown {
    this.#flush();
    const buffer = Buffer.allocUnsafe(bytes);
    for (let read = 0; read < bytes;) read += readSync(this.#fd, buffer, read, bytes - read, at + read);
    return JSON.parse(buffer.toString());
  }

  close(): void {
    closeSync(this.#fd);
    this.#removeName();
  }

  #flush(): void {
    if (this.#waiting.length === 0) return;
    const all = Buffer.concat(this.#waiting);
    for (let written = 0; written < all.length;)
      written += writeSync(this.#fd, all, written, all.length - written, this.#flushedBytes + written);
    this.#flushedBytes += all.length;
    this.#waiting = [];
    this.#waitingBytes = 0;
  }

  /** Where an open file can't be removed, it is when it is closed. */
  #removeName(): void {
    try {
      rmSync(this.#path, { force: true });
    } catch {
      // It is still open.
    }
  }
}
