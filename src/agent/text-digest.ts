const FNV_BASIS = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** Length and hash of a text that is seen in pieces and not kept; enough to tell whether another text equals it. */
export class TextDigest {
  #length = 0;
  #hash = FNV_BASIS;

  /** In UTF-16 units. */
  get length(): number {
    return this.#length;
  }

  add(piece: string, length = piece.length): void {
    let hash = this.#hash;
    for (let at = 0; at < length; at++) hash = Math.imul(hash ^ piece.charCodeAt(at), FNV_PRIME);
    this.#hash = hash;
    this.#length += length;
  }

  /** Whether the text seen so far is how this one begins. */
  isPrefixOf(text: string): boolean {
    if (text.length < this.#length) return false;
    const other = new TextDigest();
    other.add(text, this.#length);
    return other.#hash === this.#hash;
  }
}
