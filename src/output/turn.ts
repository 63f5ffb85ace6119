import type { Format } from './format.ts';
import { TurnDocument } from './turn-json.ts';
import { TurnLines } from './turn-ndjson.ts';
import type { TurnOutput } from '../model/records.ts';
import type { TurnRenderer } from './turn-renderer.ts';
import { TurnText } from './turn-text.ts';
import type { TextPlace } from './turn-text.ts';

/** A turn's records as they come, one at a time or in batches (which cost less). */
export type TurnOutputs = AsyncIterable<TurnOutput | readonly TurnOutput[]>;

/** How the records ended. */
export interface TurnEnding {
  /** The `done` record but for its text; undefined when the records broke off. */
  done: Omit<Extract<TurnOutput, { type: 'done' }>, 'text'> | undefined;
  /** The last `error` record. */
  error: Extract<TurnOutput, { type: 'error' }> | undefined;
}

/** Prints a turn as it happens and tells how it ended. A failure of the records themselves goes on to the caller. */
export async function renderTurn(
  outputs: TurnOutputs,
  format: Format,
  place: TextPlace,
): Promise<TurnEnding> {
  const renderer = chooseRenderer(format, place);
  const ending: TurnEnding = { done: undefined, error: undefined };
  try {
    for await (const output of outputs)
      for (const record of isBatch(output) ? output : [output]) {
        const wait = renderer.take(record);
        if (wait !== undefined) await wait;
        if (record.type === 'error') ending.error = record;
        if (record.type === 'done') {
          const { text: _, ...done } = record;
          ending.done = done;
        }
      }
  } finally {
    await renderer.close();
  }
  return ending;
}

function chooseRenderer(format: Format, place: TextPlace): TurnRenderer {
  switch (format) {
    case 'ndjson':
      return new TurnLines(place.writer);
    case 'json':
      return new TurnDocument(place.writer);
    case 'text':
      return new TurnText(place);
  }
}

function isBatch(output: TurnOutput | readonly TurnOutput[]): output is readonly TurnOutput[] {
  return Array.isArray(output);
}
