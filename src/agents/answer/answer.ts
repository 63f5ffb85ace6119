import type { PermissionDenial, ToolCall } from '../../model/model.ts';
import type { UsageByModel } from '../../model/usage.ts';
import type { TextSource } from '../process/json-string.ts';
import type { AgentEvent, AgentResult } from '../events.ts';
import type { Agent } from '../agent.ts';
import { AnswerTextFold } from './text-fold.ts';
import type { TextRange, TextUpdate } from './text-fold.ts';
import { AnswerCalls } from './calls.ts';
import { Spending } from './spending.ts';
import type { Spent } from './spending.ts';

type EventOf<Type extends AgentEvent['type']> = Extract<AgentEvent, { type: Type }>;

/** What a turn tells its readers, in the order in which they should get it. */
export type AnswerUpdate =
  | EventOf<'init'>
  | EventOf<'status'>
  | EventOf<'tool_result'>
  | TextUpdate
  | (EventOf<'tool_call'> & Pick<ToolCall, 'textOffset'>);

/** The state of a turn, while it runs and when it has ended. */
export interface AnswerOutcome {
  init: EventOf<'init'> | null;
  /** Null until the agent has ended the turn. */
  result: AgentResult | null;
  /** Length of the answer so far, in UTF-16 units: all confirmed text, and the preview after it. */
  length: number;
  toolCallCount: number;
  /** Whether the agent has replaced the content of its conversation by a summary. */
  isCompacted: boolean;
  /**
   * Whether the agent had a question for the user that could not be delivered. What it does after that does not count.
   */
  isLost: boolean;
  /** What this turn used, with everything else that the agent did meanwhile. */
  spent: Spent;
  permissionDenials: PermissionDenial[];
  /** When the account's usage limit ends, in milliseconds since 1970; null when the agent did not say. */
  retryAt: number | null;
  /** The text that does not count, as ranges in all text, in UTF-16 units. */
  superseded: TextRange[];
}

/** A user line that continues a turn after a usage limit. */
export interface LaterLine {
  uuid: string;
  /** Whether it goes to a new process of the agent. */
  isNewProcess: boolean;
}

export interface AnswerOptions {
  /** The agent that wrote the log. */
  agent: Pick<Agent, 'parse' | 'carriesSums'>;
  /** The uuid of the user line of the turn. */
  uuid?: string | undefined;
  /** The user lines that continued the turn after a usage limit, in order. */
  later?: readonly LaterLine[];
  /** Whether the agent had other turns before. Then what comes before this turn's start is not its answer. */
  isWarm?: boolean;
  /** The agent's usage totals at the last result of the conversation. */
  spentBefore?: UsageByModel | null;
  /** Reads a text that was too long to come with its event. */
  readText: (source: TextSource) => Iterable<string>;
}

/**
 * Turns the agent's events into the answer. Events that arrive live and events read from the log give the same answer.
 *
 * Finished blocks are authoritative, and deltas are a preview of them (see text-fold.ts). Keeps no text, so memory is
 * constant.
 *
 * A turn begins when the agent starts its user line (an older agent only prints `init`), and ends at its result. Work
 * that the agent does for others (a peer's message, a wake-up, a task that ended) belongs to the cost, but not to the
 * answer.
 */
export class AnswerFold {
  readonly #options: AnswerOptions;
  readonly #calls = new AnswerCalls();
  readonly #text: AnswerTextFold;
  #init: EventOf<'init'> | null = null;
  /** Updates from before the `init`: of turns of others, or while the conversation is compacted. */
  readonly #early: AnswerUpdate[] = [];
  #isCompacted = false;
  #isLost = false;
  #uuid: string | undefined;
  readonly #later: LaterLine[];
  #hasStarted = false;
  #isOurs: boolean;
  /** Whether the process that got the user line has not printed its first `init` yet. */
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

  /** Whether the turn has ended: what follows in the log belongs to other turns. */
  get isOver(): boolean {
    return this.#result !== null || this.#isLost;
  }

  /** Continues the turn with another user line. */
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

  /**
   * Read all updates before the next event. Those of a very long block are read from the log while they are iterated.
   */
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
      default:
        return this.#isOurs ? this.#pushOwn(event) : [];
    }
  }

  /** Events that count only between the start and the result of our own turn. */
  #pushOwn(event: AgentEvent): Iterable<AnswerUpdate> {
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
      default:
        return [];
    }
  }

  /** Readers get the `init` first. */
  #tell(status: EventOf<'status'>): AnswerUpdate[] {
    if (this.#init !== null) return [status];
    this.#early.push(status);
    return [];
  }

  /** Each turn of the agent begins with an `init`. The turn is ours if our user line was started. */
  #begin(event: EventOf<'init'>): AnswerUpdate[] {
    this.#isOurs = !event.reportsStarts || this.#uuid === undefined || this.#hasStarted;
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

  /** A structured answer is the last of the texts, so that it is stored and printed wherever they are. */
  #tellOutput({ output }: AgentResult): Iterable<TextUpdate> {
    if (output === null) return [];
    this.#text.setApart();
    return this.#text.confirm({ text: JSON.stringify(output), messageId: undefined });
  }

  #isAnswer({ origin, answers }: AgentResult): boolean {
    if (this.#uuid === undefined) return true;
    if (answers !== null) return answers.includes(this.#uuid);
    // An agent that failed at its start prints only the reason.
    return origin === null && (this.#isOurs || this.#isNewProcess);
  }
}

function waitingFor({ id, toolUseId, tool, input }: EventOf<'permission_request'>): EventOf<'status'> {
  const detail = { approval: id, tool_use_id: toolUseId, tool, input };
  return { type: 'status', status: 'waiting_for_approval', detail };
}
