import { LongRecord } from './json-text.ts';
import type { TextRecord, TurnOutput } from '../model/records.ts';
import type { Printer } from './printer.ts';

/**
 * Prints one JSON object a line, at once. A long answer has a million of them, which differ only in the content, so
 * that text records take a fast path.
 */
export class TurnLines {
  readonly #printer: Printer;
  #prefix: { turnId: number | null; json: string } | undefined;

  constructor(printer: Printer) {
    this.#printer = printer;
  }

  take(record: TurnOutput): Promise<void> | undefined {
    if (record.type === 'text') return this.#printer.writer.write(this.#textLine(record));
    if (record.type !== 'done') return this.#printer.writer.write(`${JSON.stringify(record)}\n`);
    const { text, ...rest } = record;
    return this.#printer.record(new LongRecord(rest, 'text', text));
  }

  #textLine(record: TextRecord): string {
    if (this.#prefix?.turnId !== record.turn_id)
      this.#prefix = {
        turnId: record.turn_id,
        json: JSON.stringify({ ...record, content: undefined }).slice(0, -1),
      };
    return `${this.#prefix.json},"content":${JSON.stringify(record.content)}}\n`;
  }
}
