import { toErrorRecord } from '../model/error-record.ts';
import type { ErrorRecord } from '../model/records.ts';
import type { Palette } from './colour.ts';
import type { Format } from './format.ts';
import { writeJson } from './json-text.ts';
import type { Writer } from './writer.ts';

/** A piece of text; in a styled one the colours are ours, and all that is foreign has been made harmless. */
export type Piece = string | { styled: string };

export type Text = string | Iterable<Piece> | AsyncIterable<Piece>;

/** How text is to look where it goes. */
export interface TextStyle {
  /** What a line may hold; undefined where there is no limit. */
  columns: number | undefined;
  isTerminal: boolean;
  paint: Palette;
}

/** What is printed for records in text; a function where that takes work. */
export type Rendering = Text | ((style: TextStyle) => Text | Promise<Text>);

/**
 * The one place that prints what a command has to say, in the form that was asked for: text, one JSON document, or a JSON
 * object a line.
 */
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

  /** The same form, written elsewhere. */
  onto(writer: Writer): Printer {
    return new Printer(writer, this.format, this.#paint);
  }

  /** Prints what is text in every form. */
  async text(rendering: Rendering): Promise<void> {
    const { columns, isTerminal } = this.writer;
    const text =
      typeof rendering === 'function'
        ? await rendering({ columns, isTerminal, paint: this.#paint })
        : rendering;
    for await (const piece of typeof text === 'string' ? [text] : text)
      await (typeof piece === 'string' ? this.writer.write(piece) : this.writer.writeStyled(piece.styled));
  }

  /** Prints one record, the same in JSON and NDJSON; a function makes it where it is wanted. */
  async record(record: object | (() => Promise<object>), text: Rendering = ''): Promise<void> {
    if (this.format === 'text') await this.text(text);
    else await this.#line(typeof record === 'function' ? await record() : record);
  }

  /** Says that there is no record. */
  async nothing(): Promise<void> {
    if (this.format === 'json') await this.writer.write('null\n');
  }

  /** Prints a record on the way to the one that sums them up, which alone is the JSON document. */
  async progress(record: object, text: Rendering = ''): Promise<void> {
    if (this.format !== 'json') await this.record(record, text);
  }

  /**
   * Prints records as they come: one array in JSON (`[]` when there are none), one line each in NDJSON.
   *
   * If they break off, the array is closed behind an `error` record, so that it stays valid, and the failure goes on.
   */
  async records(records: Iterable<object> | AsyncIterable<object>, text: Rendering = ''): Promise<void> {
    if (this.format === 'text') await this.text(text);
    else if (this.format === 'json') await this.#array(records);
    else for await (const record of records) await this.#line(record);
  }

  /** As `records`, for what is NDJSON also where text is asked for. */
  async lines(records: AsyncIterable<object>): Promise<void> {
    const printer = this.format === 'text' ? new Printer(this.writer, 'ndjson', this.#paint) : this;
    await printer.records(records);
  }

  /** Prints a failure as the last record. A JSON document that has begun is complete by itself. */
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
