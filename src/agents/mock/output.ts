import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { setImmediate as nextTick } from 'node:timers/promises';

/** One JSON line a record. A reader that goes away is ignored, as claude does; the turn runs to its end. */
export class Output {
  readonly #stream: Writable;
  readonly #sessionId: string;
  #isClosed = false;

  constructor(stream: Writable, sessionId: string) {
    this.#stream = stream;
    this.#sessionId = sessionId;
    stream.on('error', () => this.close());
  }

  /** A record of any kind, under an id of its own. */
  told(record: object): void {
    this.record({ ...record, uuid: randomUUID(), session_id: this.#sessionId });
  }

  system(subtype: string, fields: object): void {
    this.told({ type: 'system', subtype, ...fields });
  }

  /** How far it is with a message that has an id. */
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

  /** Resolves when the reader has caught up, and lets signals and requests in. */
  async flush(): Promise<void> {
    if (!this.#isClosed && this.#stream.writableNeedDrain) await once(this.#stream, 'drain').catch(() => {});
    await nextTick();
  }

  close(): void {
    this.#isClosed = true;
  }
}
