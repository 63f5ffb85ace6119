import { Ledger } from './ledger.ts';
import { Crash, TurnOver } from './machine.ts';
import type { Machine } from './machine.ts';
import { ModelCall } from './model-call.ts';
import type { Delivery } from './model-call.ts';
import { BUILT_IN_TOOLS, initRecord, syntheticRecord, systemRecord, userRecord } from './records.ts';
import { resultRecord } from './result-record.ts';
import type { Ending } from './result-record.ts';
import type { TokenUsage } from './spend.ts';

/** The records of one turn: model calls that open by themselves, what stands between them, and the result. */
export class TurnStream {
  readonly ledger: Ledger;
  readonly #machine: Machine;
  #call: ModelCall | null = null;
  readonly #usualDelivery: Delivery;
  #delivery: Delivery;
  #isRequested = false;
  #fixed: { usage: TokenUsage; costUsd: number | undefined } | null = null;
  #isCut = false;

  constructor(machine: Machine) {
    this.#machine = machine;
    this.ledger = new Ledger(machine.spend);
    this.#usualDelivery = machine.options.partial ? 'partial' : 'blocks';
    this.#delivery = this.#usualDelivery;
  }

  begin(): void {
    const { cwd, mcp, options, permissions, transcriptFolder, output } = this.#machine;
    const facts = {
      cwd,
      tools: [...BUILT_IN_TOOLS, ...mcp.toolNames().toSorted()].filter((tool) => permissions.has(tool)),
      mcpServers: mcp.statuses(),
      permissionMode: options.permissionMode,
      memory: transcriptFolder,
    };
    output.record(initRecord(this.#machine, facts));
  }

  /** The request to the API goes out; nothing has come back yet. */
  request(): void {
    if (this.#isRequested || !this.#machine.options.partial) return;
    this.#isRequested = true;
    this.system('status', { status: 'requesting' });
  }

  system(subtype: string, fields: object): void {
    this.#machine.output.record(systemRecord(this.#machine.sessionId, subtype, fields));
  }

  /** A tool result, or a note to the model. */
  userLine(content: object[], fields: object = {}): void {
    this.ledger.userLines += 1;
    this.#machine.output.record(userRecord(this.#machine.sessionId, content, fields));
  }

  /** What claude says itself in the model's place, whose call is over. */
  synthetic(text: string, stopReason: string, error: string): void {
    this.#call = null;
    this.ledger.stopReason = stopReason;
    this.#machine.output.record(syntheticRecord(this.#machine.sessionId, text, stopReason, { error }));
  }

  /** The model call that is open, or a new one. Ends the turn where that would be one too many. */
  get call(): ModelCall {
    if (this.#call !== null) return this.#call;
    const { output, options } = this.#machine;
    if (options.maxTurns > 0 && this.ledger.userLines >= options.maxTurns) this.endAtTurns(options.maxTurns);
    this.request();
    this.#call = new ModelCall(output, this.#machine, this.#delivery);
    if (this.#fixed !== null) this.#call.fixUsage(this.#fixed.usage);
    this.#call.start(this.ledger.elapsedMs);
    return this.#call;
  }

  /** Finishes the open text block and returns its text; undefined when there is none. */
  endText(options: { interrupted?: boolean } = {}): string | undefined {
    return this.#call?.endText(options);
  }

  closeCall(stopReason: string): void {
    if (this.#call === null) return;
    const { usage } = this.#call;
    this.#call.stop(stopReason);
    this.#call = null;
    this.#isRequested = false;
    this.#delivery = this.#usualDelivery;
    this.ledger.addCall(usage, stopReason, this.#fixed?.costUsd);
    this.#fixed = null;
    const { spend, options } = this.#machine;
    const { maxBudgetUsd } = options;
    if (maxBudgetUsd !== undefined && spend.totalUsd > maxBudgetUsd) this.endAtBudget(maxBudgetUsd);
  }

  /** Leaves the open call as it is; the next one is delivered whole. */
  loseCall(): void {
    this.#call = null;
    this.#delivery = 'retried';
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

  endAtTurns(limit: number): never {
    const errors = [`Reached maximum number of turns (${limit})`];
    this.end({ subtype: 'error_max_turns', errors, terminalReason: 'max_turns' });
  }

  endAtBudget(limitUsd: number): never {
    this.end({ subtype: 'error_max_budget_usd', errors: [`Reached maximum budget ($${limitUsd})`] });
  }

  /** Prints the result line. */
  end(ending: Ending): never {
    const { output, sessionId } = this.#machine;
    const json = JSON.stringify(resultRecord(sessionId, this.ledger.facts, ending));
    if (this.#isCut) {
      output.write(json.slice(0, json.length / 2));
      throw new Crash(0);
    }
    output.line(json);
    throw new TurnOver('result' in ending ? ending.isError : true);
  }
}
