import type { Failure, Retry } from './failures.ts';
import { Ledger } from './ledger.ts';
import { Crash, TurnOver } from './machine.ts';
import type { Machine } from './machine.ts';
import { noSuchTool } from './servers/contract.ts';
import type { ToolAnswer } from './servers/contract.ts';
import { ModelCall } from './model-call.ts';
import type { Delivery } from './model-call.ts';
import { pause } from './pause.ts';
import { BUILT_IN_TOOLS, initRecord, syntheticRecord, systemRecord, userRecord } from './records.ts';
import { resultRecord } from './result-record.ts';
import type { Ending } from './result-record.ts';
import { splitWords } from './words.ts';
import type { TokenUsage } from './spend.ts';

const REJECTED =
  "The user doesn't want to proceed with this tool use. The tool use was rejected (eg. if it was a file edit, the new_string was NOT written to the file). STOP what you are doing and wait for the user to tell you how to proceed.";

export interface ToolUse {
  name: string;
  input: Record<string, unknown>;
  /** How MCP tools are shown. */
  meta?: object;
  /** Denied whatever the rules say. */
  isForbidden?: boolean;
  run: () => Promise<ToolAnswer>;
}

/**
 * One message and its answer, written as claude writes it: text and tool calls in model calls that open and
 * close by themselves, and one result at the end. What ends a turn throws, so that no step comes after it.
 */
export class Turn {
  readonly machine: Machine;
  readonly signal: AbortSignal;
  readonly #ledger: Ledger;
  #call: ModelCall | null = null;
  #delivery: Delivery;
  #isRequested = false;
  #fixed: { usage: TokenUsage; costUsd: number | undefined } | null = null;
  #pendingTool: string | null = null;
  #lastText = '';
  /** What to say when the script ends without saying anything more. */
  #closingText: string | null = 'done';
  #isCut = false;

  constructor(machine: Machine, signal: AbortSignal) {
    this.machine = machine;
    this.signal = signal;
    this.#ledger = new Ledger(machine.spend);
    this.#delivery = machine.options.partial ? 'partial' : 'blocks';
  }

  begin(): void {
    const { machine } = this;
    const { cwd, mcp, options, permissions } = machine;
    const facts = {
      cwd,
      tools: [...BUILT_IN_TOOLS, ...mcp.toolNames().toSorted()].filter((tool) => permissions.has(tool)),
      mcpServers: mcp.statuses(),
      permissionMode: options.permissionMode,
      memory: machine.transcriptFolder,
    };
    machine.output.record(initRecord(machine, facts));
  }

  /** The request to the API goes out; nothing has come back yet. */
  request(): void {
    if (this.#isRequested || !this.machine.options.partial) return;
    this.#isRequested = true;
    this.#system('status', { status: 'requesting' });
  }

  /** Text, a word a delta; more of it in the same model call starts on a new line. */
  say(text: string): void {
    if (this.#openCall().hasText) this.delta('\n');
    for (const word of splitWords(text)) this.delta(word);
  }

  delta(text: string): void {
    this.#openCall().delta(text);
    this.#ledger.markText();
    this.#closingText = null;
  }

  endText(options: { interrupted?: boolean } = {}): void {
    const text = this.#call?.endText(options);
    if (text === undefined) return;
    this.#lastText = text;
    this.machine.transcript.add('assistant', text, this.machine.model);
  }

  think(text: string): void {
    this.endText();
    this.#openCall().think(text);
  }

  /** Tokens, and dollars if given, of the model call that is open or comes next. */
  fixUsage(usage: TokenUsage, costUsd: number | undefined): void {
    this.#fixed = { usage, costUsd };
    this.#call?.fixUsage(usage);
  }

  async useTool({ name, input, meta, isForbidden = false, run }: ToolUse): Promise<void> {
    const { permissions } = this.machine;
    this.endText();
    const id = this.#openCall().toolUse(name, input, meta);
    this.#pendingTool = id;
    this.#closeCall('tool_use');
    const denial = isForbidden ? permissions.refusal(name, input) : permissions.denial(name, input);
    let answer: ToolAnswer;
    if (!permissions.has(name)) {
      answer = noSuchTool(name);
    } else if (denial === undefined) {
      answer = await run();
    } else {
      this.#ledger.denials.push({ tool_name: name, tool_use_id: id, tool_input: input });
      answer = { content: denial, isError: true, detail: `Error: ${denial}` };
    }
    this.#pendingTool = null;
    this.#toolResult(id, answer);
    this.#closingText = textOf(answer.content);
  }

  async retry(retries: readonly Retry[]): Promise<void> {
    this.request();
    for (const retry of retries) {
      this.#system('api_retry', retry);
      await pause(retry.retry_delay_ms, this.signal);
    }
  }

  /** The connection is lost in mid-stream: what comes next is delivered whole, in place of what was streamed. */
  loseConnection(streamed: string): void {
    this.#call = null;
    this.#delivery = 'retried';
    this.#closingText = streamed;
  }

  fail(failure: Failure): never {
    const { sessionId, model, output } = this.machine;
    const stopReason = failure.stopReason ?? 'stop_sequence';
    const result = failure.text.replace('{model}', model);
    this.#call = null;
    output.record(syntheticRecord(sessionId, result, stopReason, { error: failure.error }));
    this.#ledger.stopReason = stopReason;
    const terminalReason = failure.terminalReason ?? 'completed';
    this.end({ result, isError: true, apiErrorStatus: failure.status, terminalReason });
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
    if (tool !== null) {
      this.#toolResult(tool, { content: REJECTED, isError: true, detail: 'User rejected tool use' });
    }
    this.#userLine([
      { type: 'text', text: `[Request interrupted by user${tool === null ? '' : ' for tool use'}]` },
    ]);
    const diagnosis = `result_type=user last_content_type=n/a stop_reason=${this.#ledger.stopReason}`;
    this.end({
      subtype: 'error_during_execution',
      errors: [`[ede_diagnostic] ${diagnosis}`],
      terminalReason: tool === null ? 'aborted_streaming' : 'aborted_tools',
    });
  }

  reachMaxTurns(limit: number): never {
    const errors = [`Reached maximum number of turns (${limit})`];
    this.end({ subtype: 'error_max_turns', errors, terminalReason: 'max_turns' });
  }

  reachMaxBudget(limitUsd: number): never {
    this.end({ subtype: 'error_max_budget_usd', errors: [`Reached maximum budget ($${limitUsd})`] });
  }

  /** The result line, when it comes, is cut in half and ends the process. */
  cutResult(): void {
    this.#isCut = true;
  }

  /** Prints the result line. */
  end(ending: Ending): never {
    const { output, sessionId } = this.machine;
    const json = JSON.stringify(resultRecord(sessionId, this.#ledger.facts, ending));
    if (this.#isCut) {
      output.write(json.slice(0, json.length / 2));
      throw new Crash(0);
    }
    output.line(json);
    throw new TurnOver('result' in ending ? ending.isError : true);
  }

  #openCall(): ModelCall {
    if (this.#call !== null) return this.#call;
    const { output, options } = this.machine;
    if (options.maxTurns > 0 && this.#ledger.userLines >= options.maxTurns)
      this.reachMaxTurns(options.maxTurns);
    if (this.#delivery !== 'retried') this.request();
    this.#call = new ModelCall(output, this.machine, this.#delivery);
    if (this.#fixed !== null) this.#call.fixUsage(this.#fixed.usage);
    this.#call.start(this.#ledger.elapsedMs);
    return this.#call;
  }

  #closeCall(stopReason: string): void {
    const call = this.#call;
    if (call === null) return;
    call.stop(stopReason);
    this.#call = null;
    this.#isRequested = false;
    this.#ledger.addCall(call.usage, stopReason, this.#fixed?.costUsd);
    this.#fixed = null;
    const { spend, options } = this.machine;
    const { maxBudgetUsd } = options;
    if (maxBudgetUsd !== undefined && spend.totalUsd > maxBudgetUsd) this.reachMaxBudget(maxBudgetUsd);
  }

  #toolResult(id: string, { content, isError, detail }: ToolAnswer): void {
    const block = { tool_use_id: id, type: 'tool_result', content, is_error: isError };
    this.#userLine([block], { tool_use_result: detail });
  }

  #userLine(content: object[], fields: object = {}): void {
    this.#ledger.userLines += 1;
    this.machine.output.record(userRecord(this.machine.sessionId, content, fields));
  }

  #system(subtype: string, fields: object): void {
    this.machine.output.record(systemRecord(this.machine.sessionId, subtype, fields));
  }
}

/** A tool's answer as text. */
function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  const blocks = content as { type: string; text?: string }[];
  return blocks.map((block) => block.text ?? `[${block.type}]`).join('\n');
}
