import { buildRetries } from './failures.ts';
import type { Failure } from './failures.ts';
import { Crash, TurnOver } from './io.ts';
import type { Machine } from './machine.ts';
import type { UserMessage } from './message.ts';
import { ModelCall } from './model-call.ts';
import type { Delivery } from './model-call.ts';
import { messageRecord, resultRecord, syntheticMessage, systemRecord } from './records.ts';
import type { Ending } from './records.ts';
import { splitWords } from './text.ts';
import { noSuchTool } from './tools.ts';
import { TurnFacts } from './turn-facts.ts';
import type { ToolAnswer, ToolUse } from './tools.ts';
import { priceUsd } from './usage.ts';
import type { TokenUsage } from './usage.ts';
import { pause } from './wait.ts';

const REJECTED = "The user doesn't want to proceed with this tool use. The tool use was rejected.";

/**
 * One message and its answer, as a script makes it. Model calls open by themselves.
 *
 * What ends a turn prints its result and throws, so that no step comes after it.
 */
export class Turn {
  readonly machine: Machine;
  readonly signal: AbortSignal;
  readonly message: UserMessage;
  readonly #facts = new TurnFacts();
  readonly #usualDelivery: Delivery;
  #delivery: Delivery;
  #call: ModelCall | null = null;
  #isRequested = false;
  #hasAnswered = false;
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
    this.#usualDelivery = machine.options.partial ? 'partial' : 'blocks';
    this.#delivery = this.#usualDelivery;
  }

  /** The request to the API goes out; nothing has come back yet. */
  request(): void {
    if (this.#isRequested) return;
    this.#isRequested = true;
    this.machine.sendPrompt();
    if (this.machine.options.partial) this.system('status', { status: 'requesting' });
  }

  system(subtype: string, fields: object): void {
    this.machine.output.record(systemRecord(this.machine.sessionId, subtype, fields));
  }

  /** Text, a word a delta; more of it in the same model call starts on a new line. */
  say(text: string): void {
    if (this.#openCall().hasText) this.delta('\n');
    for (const word of splitWords(text)) this.delta(word);
  }

  delta(text: string): void {
    this.#openCall().delta(text);
    this.#facts.markText();
    this.#closingText = null;
  }

  /** Ends the text block; what is said next is another one. */
  endText(options: { interrupted?: boolean } = {}): void {
    const text = this.#call?.endText(options);
    if (text === undefined) return;
    this.#lastText = text;
    this.machine.transcript.addAnswer(text, this.machine.model);
  }

  think(text: string): void {
    this.endText();
    this.#openCall().think(text);
  }

  /** Calls a tool, if there is one and the rules allow it, and hands the model its answer. */
  async useTool(use: ToolUse): Promise<void> {
    this.endText();
    const id = this.#openCall().toolUse(use.name, use.input, use.meta);
    this.#pendingTool = id;
    this.#closeCall('tool_use');
    const answer = await this.#runTool(use, id);
    this.#pendingTool = null;
    this.#toolResult(id, answer);
    const { content } = answer;
    this.#closingText =
      typeof content === 'string'
        ? content
        : (content as { text?: string }[]).map(({ text = '' }) => text).join('\n');
  }

  async retry(count: number, failure: Failure, limit = count): Promise<void> {
    this.request();
    for (const retry of buildRetries(count, failure, limit)) {
      this.system('api_retry', retry);
      await pause(retry.retry_delay_ms, this.signal);
    }
  }

  /** The connection is lost in mid-stream: what comes next is delivered whole, in place of what was streamed. */
  loseConnection(streamed: string): void {
    this.#call = null;
    this.#delivery = 'retried';
    this.#closingText = streamed;
  }

  /** Tokens, and dollars if given, of the model call that is open or comes next. */
  fixUsage(usage: TokenUsage, costUsd: number | undefined): void {
    this.#fixed = { usage, costUsd };
    this.#call?.fixUsage(usage);
  }

  /** The result line, when it comes, is cut in half and ends the process. */
  cutResult(): void {
    this.#isCut = true;
  }

  /** Claude speaks in the model's place. */
  fail(failure: Failure): never {
    const { text, error, status, stopReason = 'stop_sequence', terminalReason = 'api_error' } = failure;
    const result = text.replace('{model}', this.machine.model);
    const fields = { error, ...this.#aboutAnswer() };
    const { output, sessionId } = this.machine;
    output.record(messageRecord(sessionId, 'assistant', syntheticMessage(result, stopReason), fields));
    this.#call = null;
    this.#facts.stopReason = stopReason;
    this.end({ result, isError: true, status, terminalReason }, failure.apiError);
  }

  finish(): never {
    if (this.#closingText !== null) this.say(this.#closingText);
    this.endText();
    this.#closeCall('end_turn');
    this.end({ result: this.#lastText, isError: false, terminalReason: 'completed' });
  }

  /** What claude prints when it is stopped; the text so far is kept. */
  interrupt(): never {
    const tool = this.#pendingTool;
    this.endText({ interrupted: true });
    if (tool !== null)
      this.#toolResult(tool, { content: REJECTED, isError: true, detail: 'User rejected tool use' });
    const during = tool === null ? '' : ' for tool use';
    this.#userLine([{ type: 'text', text: `[Request interrupted by user${during}]` }]);
    this.end({
      subtype: 'error_during_execution',
      errors: [
        `[ede_diagnostic] result_type=user last_content_type=n/a stop_reason=${this.#facts.stopReason}`,
      ],
      terminalReason: tool === null ? 'aborted_streaming' : 'aborted_tools',
    });
  }

  endAtTurns(limit: number): never {
    const errors = [`Reached maximum number of turns (${limit})`];
    this.end({ subtype: 'error_max_turns', errors, terminalReason: 'max_turns' });
  }

  endAtBudget(limitUsd: number): never {
    this.end({ subtype: 'error_max_budget_usd', errors: [`Reached maximum budget ($${limitUsd})`] });
  }

  /** Prints the result line. */
  end(ending: Ending, more: object = {}): never {
    const { output, sessionId } = this.machine;
    const { uuid, origin } = this.message;
    const { about, ...sums } = this.machine.closeSums();
    const facts = { ...sums, ...this.#facts.forResult };
    const from = origin === undefined ? {} : { origin: { kind: origin } };
    const fields = { ...from, ...idsOf(uuid), ...about, ...more };
    const json = JSON.stringify(resultRecord(sessionId, facts, ending, fields));
    if (this.#isCut) {
      output.write(json.slice(0, json.length / 2));
      throw new Crash(0);
    }
    output.line(json);
    throw new TurnOver('result' in ending ? ending.isError : true);
  }

  /** The model call that is open, or a new one. Ends the turn where that would be one too many. */
  #openCall(): ModelCall {
    if (this.#call !== null) return this.#call;
    const { maxTurns } = this.machine.options;
    if (maxTurns > 0 && this.#facts.userLines >= maxTurns) this.endAtTurns(maxTurns);
    this.request();
    this.#call = new ModelCall(this.machine, this.#delivery, () => this.#aboutAnswer());
    if (this.#fixed !== null) this.#call.fixUsage(this.#fixed.usage);
    this.#call.start(this.#facts.elapsedMs, this.#hasAnswered ? {} : idsOf(this.message.uuid));
    return this.#call;
  }

  #closeCall(stopReason: string): void {
    if (this.#call === null) return;
    const { usage } = this.#call;
    this.#call.stop(stopReason);
    this.#call = null;
    this.#isRequested = false;
    this.#delivery = this.#usualDelivery;
    this.#facts.stopReason = stopReason;
    this.#facts.addCall(usage);
    this.machine.addUsage(this.machine.model, usage, this.#fixed?.costUsd ?? priceUsd(usage));
    this.#fixed = null;
    const { maxBudgetUsd } = this.machine.options;
    if (maxBudgetUsd !== undefined && this.machine.spentUsd > maxBudgetUsd) this.endAtBudget(maxBudgetUsd);
  }

  /** The first line of an answer names the message that it answers. */
  #aboutAnswer(): object {
    const fields = this.#hasAnswered ? {} : idsOf(this.message.uuid);
    this.#hasAnswered = true;
    return fields;
  }

  async #runTool({ name, input, isForbidden = false, run }: ToolUse, id: string): Promise<ToolAnswer> {
    const { permissions } = this.machine;
    if (!permissions.has(name)) return noSuchTool(name);
    const denial = isForbidden ? permissions.refusal(name, input) : permissions.denial(name, input);
    if (denial === undefined) return { ...(await run()), decision: 'accept' };
    this.system('permission_denied', { tool_name: name, tool_use_id: id, message: denial });
    this.#facts.denials.push({ tool_name: name, tool_use_id: id, tool_input: input });
    return { content: denial, isError: true, detail: `Error: ${denial}`, decision: 'reject' };
  }

  #toolResult(id: string, { content, isError, detail, decision }: ToolAnswer): void {
    const block = { tool_use_id: id, type: 'tool_result', content, is_error: isError };
    const meta =
      decision === undefined
        ? {}
        : { tool_result_meta: [{ id, permission_decision: { decision, source: 'config' } }] };
    this.#userLine([block], { tool_use_result: detail, ...meta });
  }

  /** A tool result, or a note to the model. */
  #userLine(content: object[], fields: object = {}): void {
    this.#facts.userLines += 1;
    const { output, sessionId } = this.machine;
    output.record(messageRecord(sessionId, 'user', { role: 'user', content }, fields));
  }
}

function idsOf(uuid: string | undefined): object {
  return uuid === undefined ? {} : { user_message_uuid: uuid, user_message_uuids: [uuid] };
}
