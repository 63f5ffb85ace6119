import { wantsSpinner } from './spinner.ts';
import { LongRecord } from './json-text.ts';
import type { DoneOutput, StartRecord, TurnOutput } from '../model/records.ts';
import { TurnLines } from './turn-lines.ts';
import { TurnText } from './turn-text.ts';
import type { TextPlace } from './turn-text.ts';
import type { TurnActivity } from './activity.ts';

/** A turn's records as they come, one at a time or in batches, which are faster. */
export type TurnOutputs = AsyncIterable<TurnOutput | readonly TurnOutput[]>;

/** How the records ended. */
export interface TurnEnding {
  /** The `done` record without its text; undefined when the records failed before it. */
  done: Omit<DoneOutput, 'text'> | undefined;
  /** The last `error` record. */
  error: Extract<TurnOutput, { type: 'error' }> | undefined;
}

/** Prints the records of a turn in one format. */
interface TurnRenderer {
  /** Prints the next record. Await the promise that it may return. */
  take(record: TurnOutput): Promise<void> | undefined;
  /** Whether the last line of the terminal has no newline yet. */
  readonly isMidLine?: boolean;
  /** Called after the last record, or when the records failed. */
  close?(): Promise<void>;
}

/**
 * Prints a turn as it happens, and returns how it ended. Throws when reading the records fails.
 *
 * Text that is not streamed is only the final answer, at the end. For a structured answer it is only that value, on one
 * line. JSON is one document at the end: `done` with the `start` and `error` records inside. Without `done` nothing is
 * printed, and the caller prints the failure as the whole document.
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
  // A spinner would appear between lines of JSON on the same terminal.
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
