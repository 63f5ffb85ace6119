/** Texts up to this many UTF-16 units are compared; of longer ones only the length is known, which keeps memory flat. */
const COMPARED_UNITS = 1 << 20;

/** What was said of a block before it came whole, in pieces. */
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

  /** Whether this is how the text begins. A preview too long to compare is, if it is just as long. */
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
