import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { setImmediate as nextTick } from 'node:timers/promises';

/** Stands for a text in a record until {@link LineOutput.textLine} puts the text there. */
export const TEXT_SLOT = '\u0001';
const QUOTED_SLOT = JSON.stringify(TEXT_SLOT);

/** One JSON line a record. A reader that goes away is ignored, as claude does; the turn runs to its end. */
export class LineOutput {
  readonly #stream: Writable;
  #isClosed = false;

  constructor(stream: Writable) {
    this.#stream = stream;
    stream.on('error', () => this.close());
  }

  record(record: object): void {
    this.line(JSON.stringify(record));
  }

  line(text: string): void {
    this.write(`${text}\n`);
  }

  /** A record whose {@link TEXT_SLOT} is filled with text that is already escaped, so that long texts are escaped once. */
  textLine(record: object, escapedText: string): void {
    const json = JSON.stringify(record);
    const slot = json.indexOf(QUOTED_SLOT);
    this.write(`${json.slice(0, slot)}"${escapedText}"${json.slice(slot + QUOTED_SLOT.length)}\n`);
  }

  write(text: string): void {
    if (!this.#isClosed) this.#stream.write(text);
  }

  /** Resolves when the reader has caught up, and lets signals and requests in. */
  async flush(): Promise<void> {
    if (!this.#isClosed && this.#stream.writableNeedDrain) await once(this.#stream, 'drain').catch(() => {});
    await nextTick();
  }

  close(): void {
    this.#isClosed = true;
  }
}
