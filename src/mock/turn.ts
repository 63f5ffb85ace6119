import type { Failure, Retry } from './failures.ts';
import type { Machine } from './machine.ts';
import { pause } from './pause.ts';
import { noSuchTool } from './servers/contract.ts';
import type { ToolAnswer } from './servers/contract.ts';
import { TurnStream } from './turn-stream.ts';
import { splitWords } from './words.ts';

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
 * One message and its answer, as a script makes it.
 *
 * What ends a turn prints its result and throws, so that no step comes after it.
 */
export class Turn {
  readonly machine: Machine;
  readonly signal: AbortSignal;
  readonly stream: TurnStream;
  #pendingTool: string | null = null;
  #lastText = '';
  /** What to say when the script ends without saying anything more. */
  #closingText: string | null = 'done';

  constructor(machine: Machine, signal: AbortSignal) {
    this.machine = machine;
    this.signal = signal;
    this.stream = new TurnStream(machine);
  }

  /** Text, a word a delta; more of it in the same model call starts on a new line. */
  say(text: string): void {
    if (this.stream.call.hasText) this.delta('\n');
    for (const word of splitWords(text)) this.delta(word);
  }

  delta(text: string): void {
    this.stream.call.delta(text);
    this.stream.ledger.markText();
    this.#closingText = null;
  }

  /** Ends the text block; what is said next is another one. */
  endText(options: { interrupted?: boolean } = {}): void {
    const text = this.stream.endText(options);
    if (text === undefined) return;
    this.#lastText = text;
    this.machine.transcript.add('assistant', text, this.machine.model);
  }

  think(text: string): void {
    this.endText();
    this.stream.call.think(text);
  }

  /** Calls a tool, if there is one and the rules allow it, and hands the model its answer. */
  async useTool(use: ToolUse): Promise<void> {
    const { name, input, meta } = use;
    this.endText();
    const id = this.stream.call.toolUse(name, input, meta);
    this.#pendingTool = id;
    this.stream.closeCall('tool_use');
    const answer = await this.#answer(use, id);
    this.#pendingTool = null;
    this.#toolResult(id, answer);
    this.#closingText = textOf(answer.content);
  }

  async retry(retries: readonly Retry[]): Promise<void> {
    this.stream.request();
    for (const retry of retries) {
      this.stream.system('api_retry', retry);
      await pause(retry.retry_delay_ms, this.signal);
    }
  }

  /** The connection is lost in mid-stream: what comes next is delivered whole, in place of what was streamed. */
  loseConnection(streamed: string): void {
    this.stream.loseCall();
    this.#closingText = streamed;
  }

  fail(failure: Failure): never {
    const result = failure.text.replace('{model}', this.machine.model);
    this.stream.synthetic(result, failure.stopReason ?? 'stop_sequence', failure.error);
    const terminalReason = failure.terminalReason ?? 'completed';
    this.stream.end({ result, isError: true, apiErrorStatus: failure.status, terminalReason });
  }

  finish(): never {
    if (this.#closingText !== null) this.say(this.#closingText);
    this.endText();
    this.stream.closeCall('end_turn');
    this.stream.end({ result: this.#lastText, isError: false, terminalReason: 'completed' });
  }

  /** What claude prints when it is stopped; the text so far is kept. */
  interrupt(): never {
    const tool = this.#pendingTool;
    const during = tool === null ? '' : ' for tool use';
    this.endText({ interrupted: true });
    if (tool !== null) {
      this.#toolResult(tool, { content: REJECTED, isError: true, detail: 'User rejected tool use' });
    }
    this.stream.userLine([{ type: 'text', text: `[Request interrupted by user${during}]` }]);
    const diagnosis = `result_type=user last_content_type=n/a stop_reason=${this.stream.ledger.stopReason}`;
    this.stream.end({
      subtype: 'error_during_execution',
      errors: [`[ede_diagnostic] ${diagnosis}`],
      terminalReason: tool === null ? 'aborted_streaming' : 'aborted_tools',
    });
  }

  async #answer({ name, input, isForbidden = false, run }: ToolUse, id: string): Promise<ToolAnswer> {
    const { permissions } = this.machine;
    if (!permissions.has(name)) return noSuchTool(name);
    const denial = isForbidden ? permissions.refusal(name, input) : permissions.denial(name, input);
    if (denial === undefined) return await run();
    this.stream.ledger.denials.push({ tool_name: name, tool_use_id: id, tool_input: input });
    return { content: denial, isError: true, detail: `Error: ${denial}` };
  }

  #toolResult(id: string, { content, isError, detail }: ToolAnswer): void {
    const block = { tool_use_id: id, type: 'tool_result', content, is_error: isError };
    this.stream.userLine([block], { tool_use_result: detail });
  }
}

/** A tool's answer as text. */
function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  const blocks = content as { type: string; text?: string }[];
  return blocks.map((block) => block.text ?? `[${block.type}]`).join('\n');
}
