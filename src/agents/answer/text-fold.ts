import type { TextSource } from '../process/json-string.ts';
import { Preview } from './preview.ts';

export type TextUpdate =
  | { type: 'text'; content: string }
  /** Discards the last `length` UTF-16 units of text: the agent tried again. */
  | { type: 'discard'; length: number };

export interface TextRange {
  from: number;
  to: number;
}

/** A finished block of text: the text, or only its length and its position in the log. */
export type TextBlock = { messageId: string | null | undefined } & (
  | { text: string }
  | { text: null; length: number; source: TextSource }
);

/**
 * Turns deltas and finished blocks into the text of an answer. A block that begins with its preview adds the rest. A
 * block that differs (a silent retry after a lost connection) discards the preview. A blank line separates texts of
 * different messages, and texts before and after a tool call.
 */
export class AnswerTextFold {
  readonly #readText: (source: TextSource) => Iterable<string>;
  /** The text that does not count, as ranges in all text. */
  readonly superseded: TextRange[] = [];
  #preview = new Preview();
  #confirmed = 0;
  #discarded = 0;
  /** The id of the current message, when the agent gives one, and of the message of the last confirmed text. */
  #messageId: string | undefined;
  #textMessageId: string | undefined;
  /** What the preview begins with. */
  #separator = '';
  /** Whether a tool call or a result came after the last confirmed text. */
  #isApart = false;

  constructor(readText: (source: TextSource) => Iterable<string>) {
    this.#readText = readText;
  }

  /** Of all text that counts so far, in UTF-16 units. */
  get length(): number {
    return this.#confirmed + this.#preview.length;
  }

  setApart(): void {
    this.#isApart = true;
  }

  beginMessage(messageId: string | undefined): TextUpdate[] {
    this.#messageId = messageId;
    return this.discardPreview();
  }

  preview(text: string): TextUpdate[] {
    if (text === '') return [];
    const isFirst = this.#preview.length === 0;
    this.#separator = this.#separate();
    const content = isFirst ? this.#separator + text : text;
    this.#preview.add(content);
    return [{ type: 'text', content }];
  }

  confirm(block: TextBlock): Iterable<TextUpdate> {
    this.#messageId = block.messageId ?? this.#messageId;
    return block.text === null ? this.#confirmLong(block) : this.#confirm(block.text);
  }

  discardPreview(): TextUpdate[] {
    const { length } = this.#preview;
    if (length === 0) return [];
    const from = this.#confirmed + this.#discarded;
    this.superseded.push({ from, to: from + length });
    this.#discarded += length;
    this.#preview = new Preview();
    return [{ type: 'discard', length }];
  }

  #confirm(text: string): TextUpdate[] {
    if (text === '') return this.discardPreview();
    const known = this.#preview.length;
    const whole = this.#separate() + text;
    if (this.#preview.isPrefixOf(whole)) {
      this.#settle(whole.length);
      return known === whole.length ? [] : [{ type: 'text', content: whole.slice(known) }];
    }
    return [...this.discardPreview(), ...this.#confirm(text)];
  }

  /** For a text too long to compare, a preview of the same length counts as the same text. */
  *#confirmLong({ length, source }: { length: number; source: TextSource }): Iterable<TextUpdate> {
    let units = this.#separate().length + length;
    if (units !== this.#preview.length) {
      yield* this.discardPreview();
      units = 0;
      for (const text of this.#readText(source)) {
        const content = units === 0 ? this.#separate() + text : text;
        units += content.length;
        yield { type: 'text', content };
      }
    }
    this.#settle(units);
  }

  #settle(length: number): void {
    this.#confirmed += length;
    this.#preview = new Preview();
    this.#textMessageId = this.#messageId;
    this.#isApart = false;
  }

  /** A blank line when the next text is in another message than the last, or comes after a tool call or a result. */
  #separate(): string {
    if (this.#preview.length > 0) return this.#separator;
    if (this.#confirmed === 0) return '';
    const isOther = this.#messageId !== this.#textMessageId && this.#textMessageId !== undefined;
    return this.#isApart || isOther ? '\n\n' : '';
  }
}
