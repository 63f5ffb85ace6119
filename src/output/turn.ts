import { wantsSpinner } from './spinner.ts';
import { LongRecord } from './json-text.ts';
import type { DoneOutput, StartRecord, TurnOutput } from '../model/records.ts';
import { TurnLines } from './turn-lines.ts';
import { TurnText } from './turn-text.ts';
import type { TextPlace } from './turn-text.ts';
import type { TurnActivity } from './activity.ts';

/** A turn's records as they come, one at a time or in batches (which cost less). */
export type TurnOutputs = AsyncIterable<TurnOutput | readonly TurnOutput[]>;

/** How the records ended. */
export interface TurnEnding {
  /** The `done` record but for its text; undefined when the records broke off. */
  done: Omit<DoneOutput, 'text'> | undefined;
  /** The last `error` record. */
  error: Extract<TurnOutput, { type: 'error' }> | undefined;
}

/** What prints the records of a turn in one form. */
interface TurnRenderer {
  /** Takes the next record. Await what it returns, if anything. */
  take(record: TurnOutput): Promise<void> | undefined;
  /** Whether the last line of the terminal is not at its end yet. */
  readonly isMidLine?: boolean;
  /** After the last record, or when the records broke off. */
  close?(): Promise<void>;
}

/**
 * Prints a turn as it happens and tells how it ended. A failure of the records themselves goes on to the caller.
 *
 * Where it is not streamed, text is only the final answer, at the end; where it is structured, only that value, in one line. In JSON it is one document at the end: `done` with the `start` and `error` records inside. Nothing is printed unless
 * `done` comes; a failure without it is the whole document, and the caller's to print.
 */
export async function printTurn(
  outputs: TurnOutputs,
  place: TextPlace,
  { isStreamed = true, isStructured = false } = {},
): Promise<TurnEnding> {
  const { printer } = place;
  let start: StartRecord | null = null;
  const ending: TurnEnding = { done: undefined, error: undefined };
  const document: TurnRenderer = {
    take(record) {
      if (record.type !== 'done') return undefined;
      const { text, ...rest } = record;
      return printer.record(new LongRecord({ ...rest, start, error: ending.error ?? null }, 'text', text));
    },
  };
  // A line that moves would stand in the middle of lines of JSON.
  const isApart = printer.format !== 'ndjson' || !printer.writer.isTerminal;
  const activity = isApart && wantsSpinner(place) ? await startActivity(place) : undefined;
  const renderer: TurnRenderer = {
    text: () => new TurnText(place, isStructured ? 'output' : isStreamed ? 'stream' : 'end', activity),
    ndjson: () => new TurnLines(printer),
    json: () => document,
  }[printer.format]();
  try {
    for await (const output of outputs)
      for (const record of isBatch(output) ? output : [output]) {
        if (record.type === 'start') start = record;
        if (record.type === 'error') ending.error = record;
        const wait = renderer.take(record);
        if (wait !== undefined) await wait;
        activity?.take(record, renderer.isMidLine !== true);
        if (record.type === 'done') {
          const { text: _, ...done } = record;
          ending.done = done;
        }
      }
  } finally {
    activity?.hide();
    await renderer.close?.();
    activity?.end(ending.done);
  }
  return ending;
}

async function startActivity(place: TextPlace): Promise<TurnActivity> {
  const { TurnActivity } = await import('./activity.ts');
  return new TurnActivity(place);
}

function isBatch(output: TurnOutput | readonly TurnOutput[]): output is readonly TurnOutput[] {
  return Array.isArray(output);
}
