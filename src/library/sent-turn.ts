import { SessionError } from '../errors.ts';
import type { DoneRecord, TurnOutput, TurnRecord } from '../model/records.ts';
import { StopRequest } from '../turns/stop-request.ts';
import { onAbort } from './abort.ts';
import { wholeText } from './whole-text.ts';

/** The limit of unread records in memory, in UTF-16 units. */
const KEPT_UNITS = 8 << 20;
/** The estimated size of a record without its text. */
const RECORD_UNITS = 256;

/**
 * A message that is being sent, and its answer.
 *
 * The turn continues and is stored, whether or not its records are read. Iterate over it once for its records, which
 * are those of `send --ndjson`. Leaving the iteration early cancels the turn and keeps the answer so far.
 */
export class SentTurn implements AsyncIterable<TurnRecord>, AsyncDisposable {
  /**
   * The last record. Rejects with a SessionError when the turn could not start (BUSY, NO_SESSION, USAGE, …). Later
   * failures are in its `status`, and in an `error` record before it.
   */
  readonly result: Promise<DoneRecord>;
  readonly #stop = new StopRequest();
  #unread: TurnRecord[] = [];
  #units = 0;
  #reader: 'none' | 'reading' | 'gone' = 'none';
  #isLost = false;
  #isAsked = false;
  #hasEnded = false;
  #waiting: (() => void)[] = [];

  /** @internal */
  constructor(
    open: (stop: StopRequest) => Promise<AsyncIterable<TurnOutput[]>>,
    signal: AbortSignal | undefined,
  ) {
    const off = onAbort(signal, () => this.#ask());
    this.result = this.#run(open).finally(() => {
      off();
      this.#hasEnded = true;
      this.#wake();
    });
    // Callers that await it get the error.
    this.result.catch(() => {});
  }

  /** Ends the turn, and resolves when its end is stored. Its readers still get all records. */
  async cancel(): Promise<void> {
    this.#ask();
    await this.result.catch(() => {});
  }

  /** Cancels a turn that has not ended. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.cancel();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<TurnRecord, void, undefined> {
    if (this.#reader !== 'none' || this.#isLost)
      throw new SessionError('USAGE', 'The records of this turn are not there any more.', {
        hint: 'Iterate once, right after send(), or read them again with watch().',
      });
    this.#reader = 'reading';
    try {
      for (;;) {
        const record = this.#unread.shift();
        if (record !== undefined) {
          this.#units -= sizeOf(record);
          if (this.#unread.length === 0) this.#wake();
          yield record;
        } else if (this.#hasEnded) {
          await this.result;
          return;
        } else await this.#change();
      }
    } finally {
      this.#drop();
      await this.cancel();
    }
  }

  async #run(open: (stop: StopRequest) => Promise<AsyncIterable<TurnOutput[]>>): Promise<DoneRecord> {
    let done: DoneRecord | undefined;
    for await (const outputs of await open(this.#stop))
      for (const output of outputs) {
        const record = await toRecord(output);
        if (record.type === 'done') done = record;
        await this.#keep(record);
      }
    if (done !== undefined) return done;
    throw new SessionError('AGENT_FAILED', 'The records of the turn broke off.');
  }

  /** Waits for a slow reader, but not when nobody has started to read. */
  async #keep(record: TurnRecord): Promise<void> {
    if (this.#isLost) return;
    this.#unread.push(record);
    this.#units += sizeOf(record);
    this.#wake();
    if (this.#units <= KEPT_UNITS) return;
    if (this.#reader === 'none') this.#drop();
    while (this.#unread.length > 0 && !this.#isAsked) await this.#change();
  }

  #ask(): void {
    if (this.#isAsked || this.#hasEnded) return;
    this.#isAsked = true;
    this.#stop.ask('cancel');
    this.#wake();
  }

  #drop(): void {
    this.#reader = 'gone';
    this.#isLost = true;
    this.#unread = [];
    this.#wake();
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  async #change(): Promise<void> {
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }
}

/** Yields the records one at a time, with the text of `done` in one piece. */
export async function* toRecords(outputs: AsyncIterable<TurnOutput[]>): AsyncGenerator<TurnRecord> {
  for await (const batch of outputs) for (const output of batch) yield await toRecord(output);
}

async function toRecord(output: TurnOutput): Promise<TurnRecord> {
  return output.type === 'done' ? { ...output, text: await wholeText(output.text) } : output;
}

function sizeOf(record: TurnRecord): number {
  return RECORD_UNITS + ('content' in record ? String(record.content).length : 0);
}
