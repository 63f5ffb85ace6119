import { randomUUID } from 'node:crypto';
import { closeSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** The position of a value in a spool. */
export interface SpoolRef {
  at: number;
  bytes: number;
}

const BUFFER_BYTES = 1 << 20;

/**
 * Stores values on disk, written one after the other and read in any order, so that memory does not grow.
 *
 * The file is in the directory for temporary files and readable only by its owner. It is unlinked as soon as it is
 * open.
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

  /** Where an open file can't be removed, `close` removes it. */
  #removeName(): void {
    try {
      rmSync(this.#path, { force: true });
    } catch {
      // The file is still open, so `close` tries again.
    }
  }
}
