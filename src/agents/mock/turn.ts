import { askPermission, isAskedAbout } from './ask.ts';
import { buildRetries, syntheticMessage } from './failures.ts';
import type { Failure } from './failures.ts';
import { Crash, TurnOver } from './io.ts';
import { sendPrompt } from './machine.ts';
import type { Machine } from './machine.ts';
import type { UserMessage } from './message.ts';
import { ModelCall } from './model-call.ts';
import { allows, hasTool } from './permissions.ts';
import { beginFacts, elapsedMs, resultRecord } from './result.ts';
import type { Ending } from './result.ts';
import { splitWords } from './text.ts';
import { denied, noSuchTool, REJECTED } from './tool-call.ts';
import type { ToolAnswer, ToolUse } from './tool-call.ts';
import type { TokenUsage } from './usage.ts';
import { interruptible, pause } from './wait.ts';

/**
 * One message and its answer, as a script makes it. Model calls open by themselves.
 *
 * What ends a turn prints its result and throws, so that no step comes after it.
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
  /** What to say when the script ends without saying anything more. */
  #closingText: string | null = 'done';

  constructor(machine: Machine, message: UserMessage, signal: AbortSignal) {
    this.machine = machine;
    this.message = message;
    this.signal = signal;
  }

  /** The request to the API goes out; nothing has come back yet. */
  request(): void {
    if (this.#isRequested) return;
    this.#isRequested = true;
    sendPrompt(this.machine);
    this.machine.output.system('status', { status: 'requesting' });
  }

  /** Text, a word a delta; more of it in the same model call starts on a new line. With a schema, an object is the answer. */
  say(text: string): void {
    const output = this.machine.options.hasSchema ? parseOutput(text) : undefined;
    if (output !== undefined) return this.handOver(output);
    if (this.#openCall().hasText) this.delta('\n');
    for (const word of splitWords(text)) this.delta(word);
  }

  /** Gives the structured answer, as claude has its model do. */
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

  /** Ends the text block; what is said next is another one. */
  endText(isInterrupted = false): void {
    this.#lastText = this.#call?.endText(isInterrupted) ?? this.#lastText;
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
    const answer = await interruptible(this.#answerTool(use, id), this.signal);
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

  /** The connection is lost in mid-stream: what comes next is delivered whole, in place of what was streamed. */
  loseConnection(streamed: string): void {
    this.#call = null;
    this.#isStreamed = false;
    this.#closingText = streamed;
  }

  /** Tokens, and dollars if given, of the model call that is open or comes next. */
  fixUsage(usage: TokenUsage, costUsd: number | undefined): void {
    this.#fixed = { usage, costUsd };
  }

  /** The result line, when it comes, is cut in half and ends the process. */
  cutResult(): void {
    this.#isCut = true;
  }

  /** Claude speaks in the model's place. */
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

  /** What claude prints when it is stopped; the text so far is kept. */
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

  /** Without an answer. */
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

  /** The model call that is open, or a new one. Ends the turn where that would be one too many. */
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

  /** The first line of an answer names the message that it answers. */
  #aboutAnswer(): object {
    const fields = this.#hasAnswered ? {} : idsOf(this.message);
    this.#hasAnswered = true;
    return fields;
  }

  async #answerTool({ name, input, run }: ToolUse, id: string): Promise<ToolAnswer> {
    const { options, cwd, output } = this.machine;
    if (!hasTool(options, name)) return noSuchTool(name);
    const isAllowed = run !== undefined && allows(options, cwd, name, input);
    const isAsked = run !== undefined && !isAllowed && isAskedAbout(this.machine, { name, input });
    const refusal = isAsked ? await askPermission(this.machine, { name, input }, id, this.signal) : undefined;
    if (isAllowed || (isAsked && refusal === undefined)) return { ...(await run()), decision: 'accept' };
    const answer = refusal ?? denied(name);
    const call = { tool_name: name, tool_use_id: id };
    if (!isAsked) output.system('permission_denied', { ...call, message: answer.content });
    this.#facts.denials.push({ ...call, tool_input: input });
    return answer;
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
