import { randomUUID } from 'node:crypto';
import { buildRetries } from './failures.ts';
import type { Failure } from './failures.ts';
import { Crash, TurnOver } from './io.ts';
import type { Machine } from './machine.ts';
import type { UserMessage } from './message.ts';
import { ModelCall } from './model-call.ts';
import { ResultFacts } from './result.ts';
import type { Ending } from './result.ts';
import { splitWords } from './text.ts';
import { answerCall, REJECTED, textOf, toolResult } from './tool-call.ts';
import type { ToolUse } from './tool-call.ts';
import { NOTHING_USED, priceUsd, turnUsage } from './usage.ts';
import type { TokenUsage } from './usage.ts';
import { pause } from './wait.ts';

/**
 * One message and its answer, as a script makes it. Model calls open by themselves.
 *
 * What ends a turn prints its result and throws, so that no step comes after it.
 */
export class Turn {
  readonly machine: Machine;
  readonly message: UserMessage;
  readonly signal: AbortSignal;
  readonly facts = new ResultFacts();
  #call: ModelCall | null = null;
  #isRequested = false;
  #hasAnswered = false;
  #isStreamed = true;
  #fixed: { usage: TokenUsage; costUsd: number | undefined } | null = null;
  #isCut = false;
  #pendingTool: string | null = null;
  #lastText = '';
  /** What to say when the script ends without saying anything more. */
  #closingText: string | null = 'done';

  constructor(machine: Machine, message: UserMessage, signal: AbortSignal) {
    this.machine = machine;
    this.message = message;
    this.signal = signal;
    this.facts.turns = 1;
  }

  /** The request to the API goes out; nothing has come back yet. */
  request(): void {
    if (this.#isRequested) return;
    this.#isRequested = true;
    this.machine.sendPrompt();
    this.machine.output.system('status', { status: 'requesting' });
  }

  /** Text, a word a delta; more of it in the same model call starts on a new line. */
  say(text: string): void {
    if (this.#openCall().hasText) this.delta('\n');
    for (const word of splitWords(text)) this.delta(word);
  }

  delta(text: string): void {
    this.#openCall().delta(text);
    this.facts.markText();
    this.#closingText = null;
  }

  /** Ends the text block; what is said next is another one. */
  endText(options: { interrupted?: boolean } = {}): void {
    const text = this.#call?.endText(options) ?? null;
    if (text === null) return;
    this.#lastText = text;
    this.machine.transcript.addAnswer(text, this.machine.model);
  }

  think(text: string): void {
    this.endText();
    this.#openCall().think(text);
  }

  /** Calls a tool and hands the model its answer. */
  async useTool(use: ToolUse): Promise<void> {
    this.endText();
    const id = this.#openCall().toolUse(use.name, use.input, use.meta);
    this.#pendingTool = id;
    this.#closeCall('tool_use');
    const answer = await answerCall(this, use, id);
    this.#pendingTool = null;
    this.#tellModel(...toolResult(id, answer));
    this.#closingText = textOf(answer.content);
  }

  async retry(count: number, failure: Failure, limit = count): Promise<void> {
    this.request();
    for (const retry of buildRetries(count, failure, limit)) {
      this.machine.output.system('api_retry', retry);
      await pause(retry.retry_delay_ms, this.signal);
    }
  }

  /** The connection is lost in mid-stream: what comes next is delivered whole, in place of what was streamed. */
  loseConnection(streamed: string): void {
    this.#call = null;
    this.#isStreamed = false;
    this.#closingText = streamed;
  }

  /** Tokens, and dollars if given, of the model call that is open or comes next. */
  fixUsage(usage: TokenUsage, costUsd: number | undefined): void {
    this.#fixed = { usage, costUsd };
    if (this.#call !== null) this.#call.fixedUsage = usage;
  }

  /** The result line, when it comes, is cut in half and ends the process. */
  cutResult(): void {
    this.#isCut = true;
  }

  /** Claude speaks in the model's place. */
  fail(failure: Failure): never {
    const { error, status, stopReason = 'stop_sequence', terminalReason = 'api_error' } = failure;
    const { model, output } = this.machine;
    const result = failure.text.replace('{model}', model);
    output.assistant(syntheticMessage(result, stopReason), { error, ...this.#aboutAnswer() });
    this.facts.stopReason = stopReason;
    this.#end({ result, isError: true, status, terminalReason }, failure.apiError);
  }

  finish(): never {
    if (this.#closingText !== null) this.say(this.#closingText);
    this.endText();
    this.#closeCall('end_turn');
    this.#end({ result: this.#lastText, isError: false, terminalReason: 'completed' });
  }

  /** What claude prints when it is stopped; the text so far is kept. */
  interrupt(): never {
    const tool = this.#pendingTool;
    this.endText({ interrupted: true });
    if (tool !== null) this.#tellModel(...toolResult(tool, REJECTED));
    const during = tool === null ? '' : ' for tool use';
    this.#tellModel({ type: 'text', text: `[Request interrupted by user${during}]` });
    this.#end({
      subtype: 'error_during_execution',
      errors: [
        `[ede_diagnostic] result_type=user last_content_type=n/a stop_reason=${this.facts.stopReason}`,
      ],
      terminalReason: tool === null ? 'aborted_streaming' : 'aborted_tools',
    });
  }

  endAtTurns(limit: number): never {
    const errors = [`Reached maximum number of turns (${limit})`];
    this.#end({ subtype: 'error_max_turns', errors, terminalReason: 'max_turns' });
  }

  endAtBudget(limitUsd: number): never {
    this.#end({ subtype: 'error_max_budget_usd', errors: [`Reached maximum budget ($${limitUsd})`] });
  }

  #end(ending: Ending, more: object = {}): never {
    const { machine, message } = this;
    const { modelUsage, about } = machine.closeSums();
    const fields = { ...idsOf(message), ...about, ...more };
    const json = JSON.stringify(this.facts.record(machine.sessionId, ending, modelUsage, fields));
    if (this.#isCut) {
      machine.output.write(json.slice(0, json.length / 2));
      throw new Crash(0);
    }
    machine.output.line(json);
    throw new TurnOver('result' in ending ? ending.isError : true);
  }

  /** The model call that is open, or a new one. Ends the turn where that would be one too many. */
  #openCall(): ModelCall {
    if (this.#call !== null) return this.#call;
    const { model, output, options } = this.machine;
    if (options.maxTurns > 0 && this.facts.turns > options.maxTurns) this.endAtTurns(options.maxTurns);
    this.request();
    const about = (): object => this.#aboutAnswer();
    this.#call = new ModelCall({ model, output, isStreamed: this.#isStreamed, about });
    this.#call.fixedUsage = this.#fixed?.usage;
    this.#call.start(this.facts.elapsedMs, this.#hasAnswered ? {} : idsOf(this.message));
    return this.#call;
  }

  #closeCall(stopReason: string): void {
    if (this.#call === null) return;
    const { usage } = this.#call;
    this.#call.stop(stopReason);
    this.#call = null;
    this.#isRequested = false;
    this.#isStreamed = true;
    this.facts.stopReason = stopReason;
    this.facts.addCall(usage);
    this.machine.addUsage(this.machine.model, usage, this.#fixed?.costUsd ?? priceUsd(usage));
    this.#fixed = null;
    const { maxBudgetUsd } = this.machine.options;
    if (maxBudgetUsd !== undefined && this.machine.spentUsd > maxBudgetUsd) this.endAtBudget(maxBudgetUsd);
  }

  /** The first line of an answer names the message that it answers. */
  #aboutAnswer(): object {
    const fields = this.#hasAnswered ? {} : idsOf(this.message);
    this.#hasAnswered = true;
    return fields;
  }

  #tellModel(block: object, fields: object = {}): void {
    this.facts.turns += 1;
    this.machine.output.user([block], fields);
  }
}

function idsOf({ uuid }: UserMessage): object {
  return uuid === undefined ? {} : { user_message_uuid: uuid, user_message_uuids: [uuid] };
}

/** What claude itself says in the model's place when the API fails. */
function syntheticMessage(text: string, stopReason: string): object {
  const none = { service_tier: null, inference_geo: null, iterations: null, speed: null };
  return {
    id: randomUUID(),
    container: null,
    model: '<synthetic>',
    role: 'assistant',
    stop_details: null,
    stop_reason: stopReason,
    stop_sequence: '',
    type: 'message',
    usage: { ...turnUsage(NOTHING_USED), ...none },
    content: [{ type: 'text', text }],
    context_management: null,
  };
}
