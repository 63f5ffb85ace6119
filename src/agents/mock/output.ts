import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { setImmediate as nextTick } from 'node:timers/promises';

/** Writes one JSON line a record. Like claude, it ignores a closed stdout, and the turn runs to its end. */
export class Output {
  readonly #stream: Writable;
  readonly #sessionId: string;
  #isClosed = false;

  constructor(stream: Writable, sessionId: string) {
    this.#stream = stream;
    this.#sessionId = sessionId;
    stream.on('error', () => this.close());
  }

  /** Writes a record of any kind, with a new id. */
  told(record: object): void {
    this.record({ ...record, uuid: randomUUID(), session_id: this.#sessionId });
  }

  system(subtype: string, fields: object): void {
    this.told({ type: 'system', subtype, ...fields });
  }

  /** Writes the state of a message that has a uuid. */
  lifecycle(uuid: string | undefined, state: string): void {
    if (uuid !== undefined) this.told({ type: 'command_lifecycle', command_uuid: uuid, state });
  }

  event(event: object, fields: object = {}): void {
    this.told({ type: 'stream_event', event, parent_tool_use_id: null, ...fields });
  }

  assistant(message: object, fields: object): void {
    this.told({ type: 'assistant', message, parent_tool_use_id: null, ...fields });
  }

  /** A tool result, or a note to the model. */
  user(content: object[], fields: object): void {
    const message = { role: 'user', content };
    const timestamp = new Date().toISOString();
    this.told({ type: 'user', message, parent_tool_use_id: null, timestamp, ...fields });
  }

  record(record: object): void {
    this.line(JSON.stringify(record));
  }

  line(text: string): void {
    this.write(`${text}\n`);
  }

  write(text: string): void {
    if (!this.#isClosed) this.#stream.write(text);
  }

  /** Resolves when the output has been read. Signals and requests are handled meanwhile. */
  async flush(): Promise<void> {
    if (!this.#isClosed && this.#stream.writableNeedDrain) await once(this.#stream, 'drain').catch(() => {});
    await nextTick();
  }

  close(): void {
    this.#isClosed = true;
  }
}
