import { toErrorRecord } from '../model/error-record.ts';
import type { ErrorRecord } from '../model/records.ts';
import type { Palette } from './colour.ts';
import type { Format } from './format.ts';
import { writeJson } from './json-text.ts';
import type { Writer } from './writer.ts';

/** A piece of text. In a styled piece the colours are ours, and foreign text has been escaped. */
export type Piece = string | { styled: string };

export type Text = string | Iterable<Piece> | AsyncIterable<Piece>;

/** The properties of the output that text depends on. */
export interface TextStyle {
  /** The width of a line; undefined without a limit. */
  columns: number | undefined;
  isTerminal: boolean;
  paint: Palette;
}

/** The text for records. A function is called only when text is printed. */
export type Rendering = Text | ((style: TextStyle) => Text | Promise<Text>);

/** Prints the output of a command in the requested format: text, one JSON document, or one JSON object a line. */
export class Printer {
  readonly writer: Writer;
  readonly format: Format;
  readonly #paint: Palette;

  constructor(writer: Writer, format: Format, paint: Palette) {
    this.writer = writer;
    this.format = format;
    this.#paint = paint;
    writer.form = format;
  }

  /** A printer with the same format and another writer. */
  onto(writer: Writer): Printer {
    return new Printer(writer, this.format, this.#paint);
  }

  /** Prints text in every format. */
  async text(rendering: Rendering): Promise<void> {
    const { columns, isTerminal } = this.writer;
    const text =
      typeof rendering === 'function'
        ? await rendering({ columns, isTerminal, paint: this.#paint })
        : rendering;
    for await (const piece of typeof text === 'string' ? [text] : text)
      await (typeof piece === 'string' ? this.writer.write(piece) : this.writer.writeStyled(piece.styled));
  }

  /** Prints one record, the same in JSON and NDJSON. A function is called only when the record is printed. */
  async record(record: object | (() => Promise<object>), text: Rendering = ''): Promise<void> {
    if (this.format === 'text') await this.text(text);
    else await this.#line(typeof record === 'function' ? await record() : record);
  }

  /** Prints that there is no record. */
  async nothing(): Promise<void> {
    if (this.format === 'json') await this.writer.write('null\n');
  }

  /** Prints a record that comes before the final one. In JSON only the final one is printed. */
  async progress(record: object, text: Rendering = ''): Promise<void> {
    if (this.format !== 'json') await this.record(record, text);
  }

  /**
   * Prints records as they come: one array in JSON (`[]` when there are none), one line each in NDJSON.
   *
   * If they fail, an `error` record closes the array, so that it stays valid, and the error is thrown.
   */
  async records(records: Iterable<object> | AsyncIterable<object>, text: Rendering = ''): Promise<void> {
    if (this.format === 'text') await this.text(text);
    else if (this.format === 'json') await this.#array(records);
    else for await (const record of records) await this.#line(record);
  }

  /** Like `records`, but also prints NDJSON when the format is text. */
  async lines(records: AsyncIterable<object>): Promise<void> {
    const printer = this.format === 'text' ? new Printer(this.writer, 'ndjson', this.#paint) : this;
    await printer.records(records);
  }

  /** Prints a failure as the last record, except in a JSON document that has begun. */
  async failure(record: ErrorRecord): Promise<void> {
    if (this.format === 'ndjson' || (this.format === 'json' && !this.writer.hasWritten))
      await this.#line(record);
  }

  async #line(record: object): Promise<void> {
    try {
      await writeJson(record, this.writer);
    } finally {
      await this.writer.write('\n');
    }
  }

  async #array(records: Iterable<object> | AsyncIterable<object>): Promise<void> {
    let opening = '[\n';
    try {
      for await (const record of records) {
        await this.writer.write(opening);
        opening = ',\n';
        await writeJson(record, this.writer);
      }
    } catch (error) {
      await this.writer.write(opening + JSON.stringify(toErrorRecord(error)));
      opening = ',\n';
      throw error;
    } finally {
      await this.writer.write(opening === '[\n' ? '[]\n' : '\n]\n');
    }
  }
}
