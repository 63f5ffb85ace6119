export interface TokenUsage {
  input: number;
  output: number;
}

/** What one model has used, as claude words it. */
interface ModelUsage {
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

/** What a model call costs by itself. */
const USD_PER_TOKEN = 5 / 1_000_000;

export const NOTHING_USED: TokenUsage = { input: 0, output: 0 };

export function priceUsd({ input, output }: TokenUsage): number {
  return (input + output) * USD_PER_TOKEN;
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

/** Of a message of the model. */
export function messageUsage({ input, output }: TokenUsage): object {
  return {
    input_tokens: input,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
    output_tokens: output,
    service_tier: 'standard',
  };
}

/** Of a turn. */
export function turnUsage(usage: TokenUsage): object {
  return {
    ...messageUsage(usage),
    server_tool_use: { web_search_requests: 0, web_fetch_requests: 0 },
    cache_creation: { ephemeral_1h_input_tokens: 0, ephemeral_5m_input_tokens: 0 },
    inference_geo: '',
    iterations: [],
    speed: 'standard',
  };
}
