import type { PermissionDenial, ToolCall, UsageByModel } from '../../model/model.ts';
import type { TextSource } from '../process/json-string.ts';
import type { AgentEvent, AgentResult } from '../events.ts';
import type { Agent } from '../agent.ts';
import { AnswerTextFold } from './text-fold.ts';
import type { TextRange, TextUpdate } from './text-fold.ts';
import { AnswerCalls } from './calls.ts';
import { Spending } from './spending.ts';
import type { Spent } from './spending.ts';

type EventOf<Type extends AgentEvent['type']> = Extract<AgentEvent, { type: Type }>;

/** What a turn says, in the order in which a reader should hear it. */
export type AnswerUpdate =
  | EventOf<'init'>
  | EventOf<'status'>
  | EventOf<'tool_result'>
  | TextUpdate
  | (EventOf<'tool_call'> & Pick<ToolCall, 'textOffset'>);

/** How a turn stands: while it goes on, and when it has ended. */
export interface AnswerOutcome {
  init: EventOf<'init'> | null;
  /** Null as long as the agent has not ended the turn itself. */
  result: AgentResult | null;
  /** Of the answer so far, in UTF-16 units: all confirmed text, and what was previewed since. */
  length: number;
  toolCallCount: number;
  /** Whether the agent has put a summary in the place of what its conversation held. */
  isCompacted: boolean;
  /** Whether the agent had a question for the user that nobody could take: what it does after that does not count. */
  isLost: boolean;
  /** Of this turn alone, and of whatever else the agent did meanwhile. */
  spent: Spent;
  permissionDenials: PermissionDenial[];
  /** When the account's usage limit ends, in milliseconds since 1970, where the agent said so. */
  retryAt: number | null;
  /** What was said and does not count, as ranges in all text that was said, in UTF-16 units. */
  superseded: TextRange[];
}

/** A user line with which a turn goes on after a usage limit. */
export interface LaterLine {
  uuid: string;
  /** Whether a new process of the agent gets it. */
  isNewProcess: boolean;
}

export interface AnswerOptions {
  /** Whose words are read. */
  agent: Pick<Agent, 'parse' | 'carriesSums'>;
  /** The uuid of the user line that is to be answered. */
  uuid?: string | undefined;
  /** The user lines with which the turn went on after a usage limit, in order. */
  later?: readonly LaterLine[];
  /** The agent had other turns before this one: what comes before the turn's own beginning is not its answer. */
  isWarm?: boolean;
  /** What the conversation had used at its last result, by the agent's own sums. */
  spentBefore?: UsageByModel | null;
  /** Reads a text that was too long to come with its event. */
  readText: (source: TextSource) => Iterable<string>;
}

/**
 * Turns the agent's events into the answer, the same way whether they arrive live or are read again from the log.
 *
 * Finished blocks are the truth and deltas their preview (see text-fold.ts). Keeps no text, so memory is flat.
 *
 * A turn begins when the agent starts on its user line (an older agent says `init` only) and ends at its result. What the agent does for
 * others (a peer's message, a wake-up, a task that ended) is no part of the answer, only of its cost.
 */
export class AnswerFold {
  readonly #options: AnswerOptions;
  readonly #calls = new AnswerCalls();
  readonly #text: AnswerTextFold;
  #init: EventOf<'init'> | null = null;
  /** What was said before the `init`: by turns of others, or while the conversation is summed up. */
  readonly #early: AnswerUpdate[] = [];
  #isCompacted = false;
  #isLost = false;
  #uuid: string | undefined;
  readonly #later: LaterLine[];
  #hasStarted = false;
  #isOurs: boolean;
  /** Whether the agent that has the user line has not said its first `init` yet. */
  #isNewProcess: boolean;
  #spending: Spending;
  #result: AgentResult | null = null;
  #retryAt: number | null = null;

  constructor(options: AnswerOptions) {
    this.#options = options;
    this.#text = new AnswerTextFold(options.readText);
    this.#uuid = options.uuid;
    this.#later = [...(options.later ?? [])];
    this.#isOurs = options.uuid === undefined;
    this.#isNewProcess = options.isWarm !== true;
    this.#spending = new Spending(options.isWarm === true ? (options.spentBefore ?? null) : null);
  }

  /** Whether nothing that follows in the log is this turn's. */
  get isOver(): boolean {
    return this.#result !== null || this.#isLost;
  }

  /** Says that the turn is not over: it goes on with another user line. */
  goOn({ uuid, isNewProcess }: LaterLine): void {
    this.#result = null;
    this.#retryAt = null;
    this.#uuid = uuid;
    this.#hasStarted = this.#isOurs = false;
    this.#isNewProcess = isNewProcess;
  }

  get outcome(): AnswerOutcome {
    return {
      init: this.#init,
      result: this.#result,
      length: this.#text.length,
      toolCallCount: this.#calls.count,
      spent: this.#spending.spent,
      isCompacted: this.#isCompacted,
      isLost: this.#isLost,
      permissionDenials: this.#calls.denials,
      retryAt: this.#retryAt,
      superseded: this.#text.superseded,
    };
  }

  /** The updates are to be taken whole, before the next event: those of a very long block are read as they are taken. */
  push(event: AgentEvent): Iterable<AnswerUpdate> {
    if (this.isOver) return [];
    switch (event.type) {
      case 'started':
        if (event.uuid === this.#uuid) this.#hasStarted = this.#isOurs = true;
        return [];
      case 'init':
        return this.#begin(event);
      case 'result':
        return this.#end(event);
      case 'limit_reached':
        this.#retryAt = event.retryAt;
        return [];
      case 'compacted':
        this.#isCompacted = true;
        return [];
      case 'permission_lost':
        this.#isLost = true;
        return [];
      case 'mcp_request':
      case 'permission_cancelled':
        return [];
      default:
        return this.#isOurs ? this.#hear(event) : [];
    }
  }

  #hear(
    event: Exclude<
      AgentEvent,
      EventOf<
        | 'started'
        | 'init'
        | 'result'
        | 'limit_reached'
        | 'compacted'
        | 'mcp_request'
        | 'permission_cancelled'
        | 'permission_lost'
      >
    >,
  ): Iterable<AnswerUpdate> {
    switch (event.type) {
      case 'delta':
        return this.#text.preview(event.content);
      case 'message_start':
        return this.#text.beginMessage(event.messageId);
      case 'block':
        return this.#text.confirm(event);
      case 'tool_call':
        this.#text.setApart();
        this.#calls.begin(event);
        return [{ ...event, textOffset: this.#text.length }];
      case 'denied':
        this.#calls.refuse(event.id);
        return [];
      case 'tool_result':
        return [this.#calls.end(event)];
      case 'status':
        return this.#tell(event);
      case 'permission_request':
        return this.#tell(waitingFor(event));
    }
  }

  /** A reader is to hear the `init` first. */
  #tell(status: EventOf<'status'>): AnswerUpdate[] {
    if (this.#init !== null) return [status];
    this.#early.push(status);
    return [];
  }

  /** Each turn of the agent begins with an `init`; it is ours if our user line was started. */
  #begin(event: EventOf<'init'>): AnswerUpdate[] {
    this.#isOurs = !event.tellsStarts || this.#uuid === undefined || this.#hasStarted;
    const isFirstOfMore = this.#isNewProcess && this.#init !== null;
    this.#isNewProcess = false;
    if (isFirstOfMore && !this.#options.agent.carriesSums(event.agentVersion)) this.#spending.beginAnew();
    if (this.#init !== null) return [];
    if (this.#options.agent.carriesSums(event.agentVersion))
      this.#spending.startFrom(this.#options.spentBefore ?? null);
    this.#init = event;
    return [event, ...this.#early];
  }

  #end(result: EventOf<'result'>): Iterable<AnswerUpdate> {
    this.#spending.add(result);
    if (!this.#isAnswer(result)) {
      this.#isOurs = false;
      const { origin } = result;
      return [
        ...this.#text.discardPreview(),
        ...this.#tell({ type: 'status', status: 'other_turn', detail: { origin } }),
      ];
    }
    this.#calls.addDenials(result.permissionDenials);
    this.#result = result;
    const next = this.#later.shift();
    if (next !== undefined) this.goOn(next);
    return this.#tellOutput(result);
  }

  /** A structured answer is the last of the texts, so that it is found and told wherever those are. */
  #tellOutput({ output }: AgentResult): Iterable<TextUpdate> {
    if (output === null) return [];
    this.#text.setApart();
    return this.#text.confirm({ text: JSON.stringify(output), messageId: undefined });
  }

  #isAnswer({ origin, answers }: AgentResult): boolean {
    if (this.#uuid === undefined) return true;
    if (answers !== null) return answers.includes(this.#uuid);
    // An agent that could not even begin says only why.
    return origin === null && (this.#isOurs || this.#isNewProcess);
  }
}

function waitingFor({ id, toolUseId, tool, input }: EventOf<'permission_request'>): EventOf<'status'> {
  const detail = { approval: id, tool_use_id: toolUseId, tool, input };
  return { type: 'status', status: 'waiting_for_approval', detail };
}
