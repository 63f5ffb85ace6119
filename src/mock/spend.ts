export interface TokenUsage {
  input: number;
  output: number;
}

/** What a model call costs by itself, in dollars a token. */
const INPUT_USD = 5 / 1_000_000;
const OUTPUT_USD = 25 / 1_000_000;

export function priceUsd(usage: TokenUsage): number {
  return usage.input * INPUT_USD + usage.output * OUTPUT_USD;
}

/** What the process has spent since it started: claude's totals are cumulative. */
export class Spend {
  readonly #model: string;
  #usage: TokenUsage = { input: 0, output: 0 };
  #calls = 0;
  totalUsd = 0;

  constructor(model: string) {
    this.#model = model;
  }

  add(usage: TokenUsage, costUsd: number): void {
    this.#calls += 1;
    this.#usage = sum(this.#usage, usage);
    this.totalUsd += costUsd;
  }

  modelUsage(): object {
    if (this.#calls === 0) return {};
    return {
      [this.#model]: {
        inputTokens: this.#usage.input,
        outputTokens: this.#usage.output,
        cacheReadInputTokens: 0,
        cacheCreationInputTokens: 0,
        webSearchRequests: 0,
        costUSD: this.totalUsd,
        contextWindow: 200_000,
        maxOutputTokens: 64_000,
      },
    };
  }
}

export function sum(left: TokenUsage, right: TokenUsage): TokenUsage {
  return { input: left.input + right.input, output: left.output + right.output };
}
