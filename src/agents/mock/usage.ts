export interface TokenUsage {
  input: number;
  output: number;
}

/** What one model has used, as claude words it. */
export interface ModelUsage {
  inputTokens: number;
  outputTokens: number;
  cacheReadInputTokens: number;
  cacheCreationInputTokens: number;
  webSearchRequests: number;
  costUSD: number;
  contextWindow: number;
  maxOutputTokens: number;
}

export type UsageByModel = Record<string, ModelUsage>;

/** What a model call costs by itself, in dollars a token. */
const INPUT_USD = 5 / 1_000_000;
const OUTPUT_USD = 25 / 1_000_000;

export function priceUsd({ input, output }: TokenUsage): number {
  return input * INPUT_USD + output * OUTPUT_USD;
}

/** Adds what a call used to the sums of its model. */
export function addUsage(sums: UsageByModel, model: string, used: TokenUsage, costUsd: number): void {
  const { inputTokens = 0, outputTokens = 0, costUSD = 0 } = sums[model] ?? {};
  sums[model] = {
    inputTokens: inputTokens + used.input,
    outputTokens: outputTokens + used.output,
    cacheReadInputTokens: 0,
    cacheCreationInputTokens: 0,
    webSearchRequests: 0,
    costUSD: costUSD + costUsd,
    contextWindow: 200_000,
    maxOutputTokens: 64_000,
  };
}

export function totalUsd(sums: UsageByModel): number {
  return Object.values(sums).reduce((total, { costUSD }) => total + costUSD, 0);
}
