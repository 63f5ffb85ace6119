import type { ToolCall } from '../core/model.ts';
import { type AnswerOutcome, AnswerFold, type AnswerUpdate } from './answer.ts';
import { rechunk } from './rechunk.ts';
import { type LogRange, readLog } from './log-reader.ts';
import { parseLine } from './stream.ts';
import { readJsonString } from './json-string.ts';

/** A turn's answer as its log tells it. The parts are read when iterated, as often as wanted, and in flat memory. */
export interface LoggedAnswer {
  outcome: AnswerOutcome;
  /** Behind the turn's result in the log, or where reading ended. */
  end: number;
  /** The answer, in pieces that never end inside a surrogate pair. */
  pieces: () => Iterable<string>;
  /** In the order in which they were made, each with its result when one came. */
  toolCalls: () => Iterable<Omit<ToolCall, 'turnId'>>;
}

/**
 * Reads a turn's answer from its log, synchronously, through the same fold that shows it live.
 *
 * The log must not grow meanwhile within the range. One that is missing tells of an empty answer.
 */
export function readAnswer(
  path: string,
  range: LogRange,
  { costBefore = 0 }: { costBefore?: number } = {},
): LoggedAnswer {
  const discarded: { from: number; to: number }[] = [];
  const replay = new Replay(path, range, costBefore);
  let said = 0;
  for (const update of replay.updates()) {
    if (update.type === 'text') said += update.content.length;
    if (update.type === 'discard') discarded.push({ from: said - update.length, to: said });
  }
  const { outcome, end } = replay;
  const denied = new Set(outcome.permissionDenials.map(({ tool_use_id }) => tool_use_id));
  const again = () => new Replay(path, { start: range.start, end }, costBefore).updates();
  return {
    outcome,
    end,
    pieces: () => rechunk(withoutDiscarded(again(), discarded)),
    toolCalls: () => joinResults(again(), denied),
  };
}

/** One reading of a turn from its log. */
class Replay {
  readonly #path: string;
  readonly #range: LogRange;
  readonly #fold: AnswerFold;
  end: number;

  constructor(path: string, range: LogRange, costBefore: number) {
    this.#path = path;
    this.#range = range;
    this.#fold = new AnswerFold({ costBefore, readText: (source) => readJsonString(path, source) });
    this.end = range.start;
  }

  get outcome(): AnswerOutcome {
    return this.#fold.outcome;
  }

  *updates(): Generator<AnswerUpdate, void> {
    for (const batch of readLog(this.#path, this.#range)) {
      for (const line of batch) {
        for (const event of parseLine(line.text)) yield* this.#fold.push(event);
        this.end = line.end;
        if (this.#fold.isOver) return;
      }
    }
  }
}

/** The texts that stand. Ranges count UTF-16 units of all text said, and lie between texts. */
function* withoutDiscarded(
  updates: Iterable<AnswerUpdate>,
  discarded: readonly { from: number; to: number }[],
): Generator<string, void> {
  let said = 0;
  let next = 0;
  for (const update of updates) {
    if (update.type !== 'text') continue;
    while ((discarded[next]?.to ?? Number.POSITIVE_INFINITY) <= said) next++;
    if (said < (discarded[next]?.from ?? Number.POSITIVE_INFINITY)) yield update.content;
    said += update.content.length;
  }
}

/** Calls wait for their results, and for the calls before them: memory is that of the calls open at one time. */
function* joinResults(
  updates: Iterable<AnswerUpdate>,
  denied: ReadonlySet<string>,
): Generator<Omit<ToolCall, 'turnId'>, void> {
  const waiting = new Map<string, Omit<ToolCall, 'turnId'>>();
  const settled = new Set<string>();
  for (const update of updates) {
    if (update.type === 'tool_call') {
      const { id, name, input, textOffset } = update;
      waiting.set(id, { id, name, input, textOffset, result: null, isError: false, denied: denied.has(id) });
    }
    if (update.type !== 'tool_result') continue;
    const call = waiting.get(update.id);
    if (call === undefined) continue;
    waiting.set(update.id, { ...call, result: update.content, isError: update.isError });
    settled.add(update.id);
    for (const [id, first] of waiting) {
      if (!settled.delete(id)) break;
      waiting.delete(id);
      yield first;
    }
  }
  yield* waiting.values();
}
