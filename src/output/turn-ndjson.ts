import { LongRecord, writeJson } from './json-text.ts';
import type { DoneOutput, TextRecord, TurnOutput } from '../model/records.ts';
import type { TurnRenderer } from './turn-renderer.ts';
import type { Writer } from './writer.ts';

/** One JSON object a line, at once. */
export class TurnLines implements TurnRenderer {
  private readonly writer: Writer;
  private textPrefix: { turnId: number | null; json: string } | undefined;

  constructor(writer: Writer) {
    this.writer = writer;
  }

  take(record: TurnOutput): Promise<void> | undefined {
    if (record.type === 'text') return this.writer.write(this.textLine(record));
    if (record.type === 'done') return this.writeDone(record);
    return this.writer.write(`${JSON.stringify(record)}\n`);
  }

  close(): undefined {
    return undefined;
  }

  /** A long answer is a million of these; all but the content is the same each time. */
  private textLine(record: TextRecord): string {
    if (this.textPrefix?.turnId !== record.turn_id)
      this.textPrefix = {
        turnId: record.turn_id,
        json: JSON.stringify({ ...record, content: undefined }).slice(0, -1),
      };
    return `${this.textPrefix.json},"content":${JSON.stringify(record.content)}}\n`;
  }

  private async writeDone({ text, ...rest }: DoneOutput): Promise<void> {
    await writeJson(new LongRecord(rest, 'text', text), this.writer);
    await this.writer.write('\n');
  }
}
