import type { Mask } from './mask.ts';
import { createRedactor } from './redact.ts';
import type { Redaction } from '../model/model.ts';
import { findOpenKey } from './secret-patterns.ts';

/** The limit of printed text that is kept, in case a part of it must be printed again. */
const MAX_KEPT = 1 << 20;

/**
 * Masks an answer while it arrives. A line is printed when it is complete, because few secrets span lines. Private
 * keys, which do, are held until their end.
 */
export class LiveMask {
  readonly #redaction: Redaction;
  #mask: Mask;
  /** The originals of printed texts that may still be superseded. */
  #told: string[] = [];
  #toldLength = 0;

  constructor(redaction: Redaction) {
    this.#redaction = redaction;
    this.#mask = createRedactor(redaction).mask();
  }

  /** Adds a piece. Returns what can be printed, '' for nothing. */
  add(text: string): string {
    const mask = this.#mask;
    mask.add(text);
    if (!text.includes('\n')) return this.#tell(() => mask.takeSafe());
    const key = findOpenKey(mask.held);
    const lines = mask.held.slice(0, key === -1 ? undefined : key).lastIndexOf('\n') + 1;
    return this.#tell(() => mask.take(lines) + mask.takeSafe());
  }

  /** Returns everything that is held back. */
  flush(): string {
    return this.#tell(() => this.#mask.takeAll());
  }

  /** Confirms what was printed so far. What follows is another text. */
  settle(): void {
    this.#mask = createRedactor(this.#redaction).mask();
    this.#told = [];
    this.#toldLength = 0;
  }

  /**
   * Discards the last `length` characters of the original. Returns how many printed texts are superseded, and which
   * part of them must be printed again.
   */
  discard(length: number): { count: number; again: string } {
    let left = length - this.#mask.held.length;
    this.#mask.drop(length);
    let count = 0;
    let standing = '';
    for (; left > 0 && this.#told.length > 0; count++) {
      const original = this.#told.pop()!;
      standing = original.slice(0, Math.max(original.length - left, 0));
      left -= original.length;
    }
    if (count === 0) return { count, again: '' };
    const { held } = this.#mask;
    this.#mask = createRedactor(this.#redaction).mask();
    this.#mask.add(standing);
    const again = this.#tell(() => this.#mask.takeAll());
    this.#mask.add(held);
    return { count, again };
  }

  #tell(take: () => string): string {
    const before = this.#mask.held;
    const out = take();
    const original = before.slice(0, before.length - this.#mask.held.length);
    if (original === '') return '';
    this.#told.push(original);
    this.#toldLength += original.length;
    while (this.#toldLength > MAX_KEPT && this.#told.length > 1)
      this.#toldLength -= this.#told.shift()!.length;
    return out;
  }
}
