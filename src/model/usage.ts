/** The counts of tokens in `Usage`. */
export const TOKEN_COUNTS = [
  'input_tokens',
  'output_tokens',
  'cache_read_input_tokens',
  'cache_creation_input_tokens',
] as const;
export type Usage = Record<(typeof TOKEN_COUNTS)[number], number>;

/** The share of the input that came from the prompt cache; null without input. */
export function cacheReadRatio(usage: Usage | null): number | null {
  if (usage === null) return null;
  const { input_tokens, cache_read_input_tokens, cache_creation_input_tokens } = usage;
  const all = input_tokens + cache_read_input_tokens + cache_creation_input_tokens;
  return all === 0 ? null : Math.round((cache_read_input_tokens / all) * 1e4) / 1e4;
}

/** Tokens and cost of the calls of one model. */
export interface ModelUsage extends Usage {
  cost_usd: number;
}

/** By the model's full name, sub-agents included. */
export type UsageByModel = Record<string, ModelUsage>;
