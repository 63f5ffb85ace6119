import type { TextSource } from '../model/records.ts';

/** How much text is held, in UTF-16 units. */
const MAX_UNITS = 4 << 20;

/**
 * The text of an answer until it can't be discarded any more.
 *
 * Text beyond a limit is not held. It is then taken from the whole answer, at its end.
 */
export class HeldText {
  #pieces: string[] = [];
  #units = 0;
  /** How much was released, in UTF-16 units. */
  #released = 0;
  #isCut = false;

  add(content: string): void {
    if (this.#isCut) return;
    this.#units += content.length;
    this.#pieces.push(content);
    if (this.#units <= MAX_UNITS) return;
    this.#isCut = true;
    this.#pieces = [];
  }

  /** Forgets the last pieces. */
  discard(count: number): void {
    const dropped = this.#pieces.splice(Math.max(0, this.#pieces.length - count));
    this.#units -= dropped.reduce((units, { length }) => units + length, 0);
  }

  /** What is held, which is final now. */
  release(): string {
    const text = this.#pieces.join('');
    this.#released += text.length;
    this.#pieces = [];
    this.#units = 0;
    return text;
  }

  /** The rest of the answer, when all of it is known. */
  async *releaseRest(whole: TextSource): AsyncGenerator<string> {
    if (!this.#isCut) return yield this.release();
    let skip = this.#released;
    for await (const piece of typeof whole === 'string' ? [whole] : whole) {
      const rest = piece.slice(skip);
      skip = Math.max(0, skip - piece.length);
      if (rest !== '') yield rest;
    }
  }
}
