/** Texts up to this many UTF-16 units are compared. Of longer ones only the length is kept, so memory is bounded. */
const COMPARED_UNITS = 1 << 20;

/** The pieces of a text block that came before the finished block. */
export class Preview {
  #length = 0;
  #pieces: string[] = [];

  /** In UTF-16 units. */
  get length(): number {
    return this.#length;
  }

  add(piece: string): void {
    this.#length += piece.length;
    if (this.#length <= COMPARED_UNITS) this.#pieces.push(piece);
    else this.#pieces = [];
  }

  /** Whether the text begins with this preview. A preview too long to compare matches a text of the same length. */
  isPrefixOf(text: string): boolean {
    if (this.#length > COMPARED_UNITS) return text.length === this.#length;
    let at = 0;
    for (const piece of this.#pieces) {
      if (!text.startsWith(piece, at)) return false;
      at += piece.length;
    }
    return true;
  }
}
