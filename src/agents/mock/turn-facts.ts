import type { ResultFacts } from './records.ts';
import type { TokenUsage } from './usage.ts';

/** What a turn adds up for its result. */
export class TurnFacts {
  readonly #startedAt = performance.now();
  #ttftMs: number | undefined;
  #usage: TokenUsage = { input: 0, output: 0 };
  stopReason: string | null = null;
  /** Tool results and notes to the model; claude counts them as turns. */
  userLines = 0;
  readonly denials: object[] = [];

  get elapsedMs(): number {
    return Math.round(performance.now() - this.#startedAt);
  }

  markText(): void {
    this.#ttftMs ??= this.elapsedMs;
  }

  addCall({ input, output }: TokenUsage): void {
    this.#usage = { input: this.#usage.input + input, output: this.#usage.output + output };
  }

  get forResult(): Omit<ResultFacts, 'totalCostUsd'> {
    return {
      durationMs: this.elapsedMs,
      ttftMs: this.#ttftMs,
      numTurns: 1 + this.userLines,
      stopReason: this.stopReason,
      usage: this.#usage,
      denials: this.denials,
    };
  }
}
