import type { PermissionDenial, ToolCall } from '../core/model.ts';
import type { AgentEvent, AgentResult, TextSource } from './events.ts';
import { joinResults } from './result-sum.ts';
import { Preview } from './preview.ts';

type EventOf<Type extends AgentEvent['type']> = Extract<AgentEvent, { type: Type }>;

/** What a turn says, in the order in which a reader should hear it. */
export type AnswerUpdate =
  | EventOf<'init'>
  | EventOf<'status'>
  | EventOf<'tool_result'>
  | { type: 'text'; content: string }
  /** The last `length` UTF-16 units of text were superseded: the agent tried again. */
  | { type: 'discard'; length: number }
  | (EventOf<'tool_call'> & Pick<ToolCall, 'textOffset'>);

/** How a turn stands: while it goes on, and when it has ended. */
export interface AnswerOutcome {
  init: EventOf<'init'> | null;
  /** Null as long as the agent has not ended the turn itself. */
  result: AgentResult | null;
  /** Of the answer so far, in UTF-16 units: all confirmed text, and what was previewed since. */
  length: number;
  toolCallCount: number;
  /** Of this turn alone; null without a result. */
  costUsd: number | null;
  permissionDenials: PermissionDenial[];
  /** What was said and does not count, as ranges in all text that was said, in UTF-16 units. */
  superseded: TextRange[];
}

export interface TextRange {
  from: number;
  to: number;
}

export interface AnswerOptions {
  /** What the agent process had spent before this turn. */
  costBefore?: number;
  /** The process has other turns in the same log: the first result ends this one. */
  isShared?: boolean;
  /** Reads a text that was too long to come with its event. */
  readText: (source: TextSource) => Iterable<string>;
}

/**
 * Turns the agent's events into the answer, the same way whether they arrive live or are read again from the log.
 *
 * Finished blocks are the truth and deltas their preview: a block that continues its preview adds the rest of it, one
 * that differs (a silent retry after a dropped connection) discards it. Texts of different messages, and what is said
 * before and after a tool call, are separated by a blank line. Keeps no text, so memory is flat.
 *
 * An agent that has this turn only may go on after its result, when work it left in the background ends: its last
 * result counts, and all it said. In a shared log what comes behind the result belongs to another turn.
 */
export class AnswerFold {
  readonly #options: AnswerOptions;
  readonly #openCalls = new Map<string, EventOf<'tool_call'>>();
  readonly #denials = new Map<string, PermissionDenial>();
  readonly #superseded: TextRange[] = [];
  #preview = new Preview();
  #confirmed = 0;
  #discarded = 0;
  #toolCallCount = 0;
  #init: EventOf<'init'> | null = null;
  #result: AgentResult | null = null;
  /** The message that is being said, as far as the agent names it, and the one of the last confirmed text. */
  #messageId: string | undefined;
  #textMessageId: string | undefined;
  /** What the preview begins with. */
  #separator = '';
  /** Whether a tool call or a result came behind the last confirmed text. */
  #isApart = false;

  constructor(options: AnswerOptions) {
    this.#options = options;
  }

  /** Whether the agent has given a result. */
  get hasResult(): boolean {
    return this.#result !== null;
  }

  /** Whether nothing that follows in the log is this turn's. */
  get isOver(): boolean {
    return this.#result !== null && this.#options.isShared === true;
  }

  get outcome(): AnswerOutcome {
    return {
      init: this.#init,
      result: this.#result,
      length: this.#length,
      toolCallCount: this.#toolCallCount,
      costUsd: this.#costUsd,
      permissionDenials: [...this.#denials.values()],
      superseded: this.#superseded,
    };
  }

  /** The updates are to be taken whole, before the next event: those of a very long block are read as they are taken. */
  push(event: AgentEvent): Iterable<AnswerUpdate> {
    if (this.isOver) return [];
    switch (event.type) {
      case 'delta':
        return event.content === '' ? [] : this.#say(event.content);
      case 'message_start':
        this.#messageId = event.messageId;
        return this.#discardPreview();
      case 'block':
        this.#messageId = event.messageId ?? this.#messageId;
        return event.text === null ? this.#confirmLong(event) : this.#confirm(event.text);
      case 'tool_call':
        this.#isApart = true;
        this.#toolCallCount++;
        this.#openCalls.set(event.id, event);
        return [{ ...event, textOffset: this.#length }];
      case 'tool_result':
        this.#close(event);
        return [event];
      case 'result':
        this.#end(event);
        return [];
      case 'init':
        if (this.#init !== null) return [];
        this.#init = event;
        return [event];
      case 'status':
        return [event];
    }
  }

  get #length(): number {
    return this.#confirmed + this.#preview.length;
  }

  /** The agent's figure grows over its process, and begins anew with a new one. */
  get #costUsd(): number | null {
    const total = this.#result?.totalCostUsd ?? null;
    if (total === null) return null;
    const { costBefore = 0 } = this.#options;
    return total < costBefore ? total : withoutNoise(total - costBefore);
  }

  /** A blank line where the next text is of another message than the last, or comes after a tool call or a result. */
  #separate(): string {
    if (this.#preview.length > 0) return this.#separator;
    if (this.#confirmed === 0) return '';
    const isOther = this.#messageId !== this.#textMessageId && this.#textMessageId !== undefined;
    return this.#isApart || isOther ? '\n\n' : '';
  }

  #say(text: string): AnswerUpdate[] {
    const isFirst = this.#preview.length === 0;
    this.#separator = this.#separate();
    const content = isFirst ? this.#separator + text : text;
    this.#preview.add(content);
    return [{ type: 'text', content }];
  }

  #confirm(text: string): AnswerUpdate[] {
    if (text === '') return this.#discardPreview();
    const known = this.#preview.length;
    const whole = this.#separate() + text;
    if (this.#preview.isPrefixOf(whole)) {
      this.#settle(whole.length);
      return known === whole.length ? [] : [{ type: 'text', content: whole.slice(known) }];
    }
    return [...this.#discardPreview(), ...this.#confirm(text)];
  }

  /** Too long to compare: a preview of the same length is taken for the same text. */
  *#confirmLong({ length, source }: { length: number; source: TextSource }): Iterable<AnswerUpdate> {
    let units = this.#separate().length + length;
    if (units !== this.#preview.length) {
      yield* this.#discardPreview();
      units = 0;
      for (const text of this.#options.readText(source)) {
        const content = units === 0 ? this.#separate() + text : text;
        units += content.length;
        yield { type: 'text', content };
      }
    }
    this.#settle(units);
  }

  #settle(length: number): void {
    this.#confirmed += length;
    this.#preview = new Preview();
    this.#textMessageId = this.#messageId;
    this.#isApart = false;
  }

  #discardPreview(): AnswerUpdate[] {
    const { length } = this.#preview;
    if (length === 0) return [];
    const from = this.#confirmed + this.#discarded;
    this.#superseded.push({ from, to: from + length });
    this.#discarded += length;
    this.#preview = new Preview();
    return [{ type: 'discard', length }];
  }

  #close({ id, denied }: EventOf<'tool_result'>): void {
    const call = this.#openCalls.get(id);
    this.#openCalls.delete(id);
    if (!denied || call === undefined) return;
    this.#denials.set(id, { tool_name: call.name, tool_use_id: id, tool_input: call.input });
  }

  #end(result: EventOf<'result'>): void {
    this.#isApart = true;
    this.#result = this.#result === null ? result : joinResults(this.#result, result);
    for (const denial of result.permissionDenials) this.#denials.set(denial.tool_use_id, denial);
  }
}

/** A difference of sums of prices, without the digits that floating point made up. */
function withoutNoise(usd: number): number {
  return Math.round(usd * 1e9) / 1e9;
}
