import type { Agent } from '../agent.ts';
import type { ToolCall } from '../../model/model.ts';
import { type AnswerOptions, type AnswerOutcome, AnswerFold, type AnswerUpdate } from './answer.ts';
import type { TextRange } from './text-fold.ts';
import { rechunk } from '../process/rechunk.ts';
import { type LogRange, readLog } from '../process/log-reader.ts';
import { readJsonString } from '../process/json-string.ts';

type TurnOptions = Omit<AnswerOptions, 'readText'>;

/** A turn's answer in its log. The parts are read when iterated, any number of times, in constant memory. */
export interface LoggedAnswer {
  outcome: AnswerOutcome;
  /** The position after the turn's result in the log, or where reading ended. */
  end: number;
  /** The answer, in pieces that never end inside a surrogate pair. */
  pieces: () => Iterable<string>;
  /** In the order of the calls, each with its result when there is one. */
  toolCalls: () => Iterable<Omit<ToolCall, 'turnId'>>;
}

/**
 * Reads a turn's answer from its log, synchronously, with the same code that shows it live.
 *
 * The range of the log must not change meanwhile. A missing log gives an empty answer.
 */
export function readAnswer(path: string, range: LogRange, options: TurnOptions): LoggedAnswer {
  const fold = new AnswerFold({ ...options, readText: (source) => readJsonString(path, source) });
  const replay = new Replay(path, range, fold, options.agent);
  for (const _ of replay.updates());
  return openAnswer(path, { start: range.start, end: replay.end }, fold.outcome, options);
}

/** The answer of a turn whose log was already followed to the end of this range. */
export function openAnswer(
  path: string,
  range: { start: number; end: number },
  outcome: AnswerOutcome,
  options: TurnOptions,
): LoggedAnswer {
  const denied = new Set(outcome.permissionDenials.map(({ tool_use_id }) => tool_use_id));
  const updates = () => {
    const fold = new AnswerFold({ ...options, readText: (source) => readJsonString(path, source) });
    return new Replay(path, range, fold, options.agent).updates();
  };
  return {
    outcome,
    end: range.end,
    pieces: () => (outcome.length === 0 ? [] : rechunk(withoutSuperseded(updates(), outcome.superseded))),
    toolCalls: () => (outcome.toolCallCount === 0 ? [] : joinResults(updates(), denied)),
  };
}

/** One reading of a turn from its log. */
class Replay {
  readonly #path: string;
  readonly #range: LogRange;
  readonly #fold: AnswerFold;
  readonly #parse: Agent['parse'];
  /** The position after the last line that was read. */
  end: number;

  constructor(path: string, range: LogRange, fold: AnswerFold, agent: Pick<Agent, 'parse'>) {
    this.#path = path;
    this.#range = range;
    this.#fold = fold;
    this.#parse = agent.parse;
    this.end = range.start;
  }

  *updates(): Generator<AnswerUpdate, void> {
    for (const batch of readLog(this.#path, this.#range)) {
      for (const line of batch) {
        for (const event of this.#parse(line.text)) {
          for (const update of this.#fold.push(event)) yield update;
        }
        this.end = line.end;
        if (this.#fold.isOver) return;
      }
    }
  }
}

/** The texts without the superseded ones. Ranges count UTF-16 units of all text, and begin and end between texts. */
function* withoutSuperseded(
  updates: Iterable<AnswerUpdate>,
  superseded: readonly TextRange[],
): Generator<string, void> {
  let said = 0;
  let next = 0;
  for (const update of updates) {
    if (update.type !== 'text') continue;
    while ((superseded[next]?.to ?? Number.POSITIVE_INFINITY) <= said) next++;
    if (said < (superseded[next]?.from ?? Number.POSITIVE_INFINITY)) yield update.content;
    said += update.content.length;
  }
}

/** Joins calls with their results, in the order of the calls. Holds only the calls that are open at one time. */
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
