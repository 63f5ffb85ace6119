import { answerCall } from './ask.ts';
import { buildRetries, syntheticMessage } from './failures.ts';
import type { Failure } from './failures.ts';
import { Crash, TurnOver } from './io.ts';
import { sendPrompt } from './machine.ts';
import type { Machine } from './machine.ts';
import type { UserMessage } from './message.ts';
import { ModelCall } from './model-call.ts';
import { beginFacts, elapsedMs, resultRecord } from './result.ts';
import type { Ending } from './result.ts';
import { splitWords } from './text.ts';
import { REJECTED } from './tool-call.ts';
import type { ToolAnswer, ToolUse } from './tool-call.ts';
import type { TokenUsage } from './usage.ts';
import { interruptible, pause } from './wait.ts';

/**
 * One message and its answer, made by the steps of a script. Steps that need a model call open one.
 *
 * A method that ends the turn prints its result and throws, so that no step runs after it.
 */
export class Turn {
  readonly machine: Machine;
  readonly message: UserMessage;
  readonly signal: AbortSignal;
  readonly #facts = beginFacts(1);
  #call: ModelCall | null = null;
  #isRequested = false;
  #hasAnswered = false;
  #isStreamed = true;
  #fixed: { usage?: TokenUsage; costUsd?: number | undefined } = {};
  #isCut = false;
  #pendingTool: string | null = null;
  #lastText = '';
  #output: object | undefined;
  /** The text for the end of the script when the last model call has none. */
  #closingText: string | null = 'done';

  constructor(machine: Machine, message: UserMessage, signal: AbortSignal) {
    this.machine = machine;
    this.message = message;
    this.signal = signal;
  }

  /** Reports that the request to the API was sent, before any answer. */
  request(): void {
    if (this.#isRequested) return;
    this.#isRequested = true;
    sendPrompt(this.machine);
    this.machine.output.system('status', { status: 'requesting' });
  }

  /**
   * Says text, one word a delta. More text in the same model call starts on a new line. With a schema, a JSON object is
   * the structured answer.
   */
  say(text: string): void {
    const output = this.machine.options.hasSchema ? parseOutput(text) : undefined;
    if (output !== undefined) return this.handOver(output);
    if (this.#openCall().hasText) this.delta('\n');
    for (const word of splitWords(text)) this.delta(word);
  }

  /** Gives the structured answer by the tool call that claude's model makes for it. */
  handOver(output: object): void {
    this.endText();
    const id = this.#openCall().toolUse('StructuredOutput', output, undefined);
    this.#closeCall('tool_use');
    const content = 'Structured output provided successfully';
    this.#tellResult(id, { content, detail: content });
    this.#output = output;
    this.#closingText = null;
  }

  delta(text: string): void {
    this.#openCall().delta(text);
    this.#facts.ttftMs ??= elapsedMs(this.#facts);
    this.#closingText = null;
  }

  /** Ends the text block. Later text begins another one. */
  endText(isInterrupted = false): void {
    this.#lastText = this.#call?.endText(isInterrupted) ?? this.#lastText;
  }

  think(text: string): void {
    this.endText();
    this.#openCall().think(text);
  }

  /** Calls a tool, if it exists and the rules allow it, and passes its answer to the model. */
  async useTool(use: ToolUse): Promise<void> {
    this.endText();
    const id = this.#openCall().toolUse(use.name, use.input, use.meta);
    this.#pendingTool = id;
    this.#closeCall('tool_use');
    const answering = answerCall(this.machine, { ...use, id }, this.#facts.denials, this.signal);
    const answer = await interruptible(answering, this.signal);
    this.#pendingTool = null;
    this.#tellResult(id, answer);
    const { content } = answer;
    this.#closingText =
      typeof content === 'string' ? content : content.map(({ text = '' }) => text).join('\n');
  }

  async retry(count: number, failure: Failure, limit = count): Promise<void> {
    this.request();
    for (const retry of buildRetries(count, failure, limit)) {
      this.machine.output.system('api_retry', retry);
      await pause(retry.retry_delay_ms, this.signal);
    }
  }

  /** Simulates a lost connection. The text that follows comes whole, and replaces what was streamed. */
  loseConnection(streamed: string): void {
    this.#call = null;
    this.#isStreamed = false;
    this.#closingText = streamed;
  }

  /** Sets the tokens, and the dollars if given, of the open or the next model call. */
  fixUsage(usage: TokenUsage, costUsd: number | undefined): void {
    this.#fixed = { usage, costUsd };
  }

  /** Makes the result line end in the middle, and the process with it. */
  cutResult(): void {
    this.#isCut = true;
  }

  /** Fails the turn with a message of claude in place of the model's. */
  fail({ text, error, status, apiError }: Failure): never {
    this.machine.output.assistant(syntheticMessage(text), { error, ...this.#aboutAnswer() });
    this.#facts.stopReason = 'stop_sequence';
    const ending = { is_error: true, result: text, api_error_status: status, terminal_reason: 'api_error' };
    this.#end({ subtype: 'success', ...ending }, apiError);
  }

  finish(): never {
    if (this.#closingText !== null) this.say(this.#closingText);
    this.endText();
    this.#closeCall('end_turn');
    const output = this.#output;
    const result = output === undefined ? this.#lastText : JSON.stringify(output);
    const ending = { is_error: false, result, api_error_status: null, terminal_reason: 'completed' };
    this.#end({ subtype: 'success', ...ending }, output && { structured_output: output });
  }

  /** Prints what claude prints when it is interrupted. The text so far is kept. */
  interrupt(): never {
    const tool = this.#pendingTool;
    this.endText(true);
    if (tool !== null) this.#tellResult(tool, REJECTED);
    const during = tool === null ? '' : ' for tool use';
    this.#tellModel({ type: 'text', text: `[Request interrupted by user${during}]` });
    const error = `[ede_diagnostic] result_type=user last_content_type=n/a stop_reason=${this.#facts.stopReason}`;
    this.#endWithout('error_during_execution', error, tool === null ? 'aborted_streaming' : 'aborted_tools');
  }

  endAtTurns(limit: number): never {
    this.#endWithout('error_max_turns', `Reached maximum number of turns (${limit})`, 'max_turns');
  }

  endAtBudget(limitUsd: number): never {
    this.#endWithout('error_max_budget_usd', `Reached maximum budget ($${limitUsd})`);
  }

  /** Ends the turn without an answer. */
  #endWithout(subtype: string, error: string, reason?: string): never {
    this.#end({ subtype, is_error: true, errors: [error], terminal_reason: reason });
  }

  #end(ending: Ending, more: object = {}): never {
    const { machine, message } = this;
    const { modelUsage, about } = machine.spending.close();
    const result = resultRecord(machine.sessionId, ending, this.#facts, modelUsage);
    const json = JSON.stringify({ ...result, ...idsOf(message), ...about, ...more });
    machine.output.write(this.#isCut ? json.slice(0, json.length / 2) : `${json}\n`);
    throw this.#isCut ? new Crash(0) : new TurnOver(ending.is_error);
  }

  /** The open model call, or a new one. Ends the turn when that exceeds the limit of model calls. */
  #openCall(): ModelCall {
    if (this.#call !== null) return this.#call;
    const { model, output, options } = this.machine;
    if (this.#facts.turns > options.maxTurns) this.endAtTurns(options.maxTurns);
    this.request();
    this.#call = new ModelCall({
      model,
      output,
      isStreamed: this.#isStreamed,
      about: () => this.#aboutAnswer(),
      fixedUsage: () => this.#fixed.usage,
    });
    this.#call.start(elapsedMs(this.#facts), this.#hasAnswered ? {} : idsOf(this.message));
    return this.#call;
  }

  #closeCall(stopReason: string): void {
    const call = this.#call;
    if (call === null) return;
    call.stop(stopReason);
    const { usage } = call;
    const { model, options, spending } = this.machine;
    this.#facts.stopReason = stopReason;
    this.#facts.used.input += usage.input;
    this.#facts.used.output += usage.output;
    spending.add(model, usage, this.#fixed.costUsd);
    this.#call = null;
    this.#isRequested = false;
    this.#isStreamed = true;
    this.#fixed = {};
    if (spending.usd > options.maxBudgetUsd) this.endAtBudget(options.maxBudgetUsd);
  }

  /** Fields for the first line of an answer: the uuid of the message. */
  #aboutAnswer(): object {
    const fields = this.#hasAnswered ? {} : idsOf(this.message);
    this.#hasAnswered = true;
    return fields;
  }

  #tellResult(id: string, { content, isError, detail, decision }: ToolAnswer): void {
    const meta = decision && [{ id, permission_decision: { decision, source: 'config' } }];
    this.#tellModel(
      { tool_use_id: id, type: 'tool_result', content, is_error: isError },
      { tool_use_result: detail, tool_result_meta: meta },
    );
  }

  #tellModel(block: object, fields: object = {}): void {
    this.#facts.turns += 1;
    this.machine.output.user([block], fields);
  }
}

function parseOutput(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function idsOf({ uuid }: UserMessage): object {
  return uuid === undefined ? {} : { user_message_uuid: uuid, user_message_uuids: [uuid] };
}
