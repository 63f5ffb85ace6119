import { randomUUID } from 'node:crypto';
import { NOTHING_USED, turnUsage } from './usage.ts';
import type { TokenUsage, UsageByModel } from './usage.ts';

/** How a turn ended: with an answer (an API failure is one too, in claude's eyes), or without one. */
export type Ending =
  | { result: string; isError: boolean; status?: number | null; terminalReason?: string }
  | { subtype: string; errors: string[]; terminalReason?: string };

/** The last line of a turn: its cost is that of the conversation so far, its usage that of the turn. */
export class ResultFacts {
  readonly #startedAt = performance.now();
  #ttftMs: number | undefined;
  #used = NOTHING_USED;
  stopReason: string | null = null;
  /** The message, tool results and notes to the model: claude counts them as turns. */
  turns = 0;
  readonly denials: object[] = [];

  get elapsedMs(): number {
    return Math.round(performance.now() - this.#startedAt);
  }

  markText(): void {
    this.#ttftMs ??= this.elapsedMs;
  }

  addCall({ input, output }: TokenUsage): void {
    this.#used = { input: this.#used.input + input, output: this.#used.output + output };
  }

  record(sessionId: string, ending: Ending, modelUsage: UsageByModel, about: object): object {
    const { elapsedMs } = this;
    const first = this.#ttftMs;
    const timing = first !== undefined && { ttft_ms: first, ttft_stream_ms: first, time_to_request_ms: 0 };
    return {
      type: 'result',
      ...('result' in ending
        ? {
            subtype: 'success',
            is_error: ending.isError,
            api_error_status: ending.status ?? null,
            result: ending.result,
            ...timing,
          }
        : { subtype: ending.subtype, is_error: true, errors: ending.errors }),
      duration_ms: elapsedMs,
      duration_api_ms: elapsedMs,
      num_turns: this.turns,
      stop_reason: this.stopReason,
      session_id: sessionId,
      total_cost_usd: Object.values(modelUsage).reduce((total, { costUSD }) => total + costUSD, 0),
      usage: turnUsage(this.#used),
      modelUsage,
      permission_denials: this.denials,
      ...(ending.terminalReason !== undefined && { terminal_reason: ending.terminalReason }),
      fast_mode_state: 'off',
      uuid: randomUUID(),
      ...about,
    };
  }
}
