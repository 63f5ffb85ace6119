import { LongRecord, writeJson } from './json-text.ts';
import type { DoneOutput, ErrorRecord, StartRecord, TurnOutput } from '../model/records.ts';
import type { TurnRenderer } from './turn-renderer.ts';
import type { Writer } from './writer.ts';

/** One document at the end: `done` with the `start` and `error` records inside. */
export class TurnDocument implements TurnRenderer {
  private readonly writer: Writer;
  private start: StartRecord | null = null;
  private error: ErrorRecord | null = null;

  constructor(writer: Writer) {
    this.writer = writer;
  }

  take(record: TurnOutput): Promise<void> | undefined {
    if (record.type === 'start') this.start = record;
    if (record.type === 'error') this.error = record;
    return record.type === 'done' ? this.write(record) : undefined;
  }

  /** Nothing was printed unless `done` came; a failure without it is the whole document, and the caller's to print. */
  close(): undefined {
    return undefined;
  }

  private async write({ text, ...rest }: DoneOutput): Promise<void> {
    await writeJson(
      new LongRecord({ ...rest, start: this.start, error: this.error }, 'text', text),
      this.writer,
    );
    await this.writer.write('\n');
  }
}
