import { priceUsd, sum } from './spend.ts';
import type { Spend, TokenUsage } from './spend.ts';
import type { PermissionDenial, ResultFacts } from './result-record.ts';

/** What a turn adds up for its result. */
export class Ledger {
  readonly #spend: Spend;
  readonly #startedAt = performance.now();
  #firstTextAt: number | undefined;
  #usage: TokenUsage = { input: 0, output: 0 };
  readonly denials: PermissionDenial[] = [];
  /** Tool results and notes to the model; claude counts them as turns. */
  userLines = 0;
  stopReason: string | null = null;

  constructor(spend: Spend) {
    this.#spend = spend;
  }

  get elapsedMs(): number {
    return this.#since(performance.now());
  }

  markText(): void {
    this.#firstTextAt ??= performance.now();
  }

  addCall(usage: TokenUsage, stopReason: string, costUsd = priceUsd(usage)): void {
    this.stopReason = stopReason;
    this.#usage = sum(this.#usage, usage);
    this.#spend.add(usage, costUsd);
  }

  get facts(): ResultFacts {
    return {
      durationMs: this.elapsedMs,
      ttftMs: this.#firstTextAt === undefined ? undefined : this.#since(this.#firstTextAt),
      numTurns: 1 + this.userLines,
      stopReason: this.stopReason,
      totalCostUsd: this.#spend.totalUsd,
      usage: this.#usage,
      modelUsage: this.#spend.modelUsage(),
      denials: this.denials,
    };
  }

  #since(at: number): number {
    return Math.round(at - this.#startedAt);
  }
}
