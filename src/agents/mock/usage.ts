import type { Transcript } from './transcript.ts';

export interface TokenUsage {
  input: number;
  output: number;
}

/** The usage of one model, with claude's field names. */
const NONE = {
  inputTokens: 0,
  outputTokens: 0,
  cacheReadInputTokens: 0,
  cacheCreationInputTokens: 0,
  webSearchRequests: 0,
  costUSD: 0,
  contextWindow: 200_000,
  maxOutputTokens: 64_000,
};

export type UsageByModel = Record<string, typeof NONE>;

const USD_PER_TOKEN = 5 / 1_000_000;

/** The usage of a conversation, over all its processes. */
export class Spending {
  readonly #transcript: Transcript;
  readonly #total: UsageByModel;
  #sinceResult: UsageByModel = {};
  #results = 0;
  /** The cost of this process. */
  usd = 0;

  constructor(transcript: Transcript) {
    this.#transcript = transcript;
    this.#total = structuredClone(transcript.last('cost-state')?.modelUsage ?? {});
  }

  add(model: string, { input, output }: TokenUsage, costUsd = (input + output) * USD_PER_TOKEN): void {
    this.usd += costUsd;
    for (const sums of [this.#total, this.#sinceResult]) {
      const sum = (sums[model] ??= { ...NONE });
      sum.inputTokens += input;
      sum.outputTokens += output;
      sum.costUSD += costUsd;
    }
  }

  /** The totals for a result line, and the fields with the usage of this turn alone. */
  close(): { modelUsage: UsageByModel; about: object } {
    const modelUsage = structuredClone(this.#total);
    const about = { result_index: this.#results++, model_usage_since_last_result: this.#sinceResult };
    this.#sinceResult = {};
    this.#transcript.add({ type: 'cost-state', modelUsage });
    return { modelUsage, about: { queued_turn_count: 0, ...about } };
  }
}

/** The usage of a message of the model. */
export function messageUsage({ input, output }: TokenUsage): object {
  return {
    input_tokens: input,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
    output_tokens: output,
    service_tier: 'standard',
  };
}

/** The usage of a turn. */
export function turnUsage(usage: TokenUsage = { input: 0, output: 0 }): object {
  return {
    ...messageUsage(usage),
    server_tool_use: { web_search_requests: 0, web_fetch_requests: 0 },
    cache_creation: { ephemeral_1h_input_tokens: 0, ephemeral_5m_input_tokens: 0 },
    inference_geo: '',
    iterations: [],
    speed: 'standard',
  };
}
