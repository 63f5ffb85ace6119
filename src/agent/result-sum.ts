import type { Usage } from '../core/model.ts';
import type { AgentResult } from './events.ts';

/** A later result of the same process: its sums are its own, but for the cost. */
export function joinResults(earlier: AgentResult, later: AgentResult): AgentResult {
  return {
    ...later,
    usage:
      earlier.usage && later.usage ? addUsage(earlier.usage, later.usage) : (later.usage ?? earlier.usage),
    numTurns: (earlier.numTurns ?? 0) + (later.numTurns ?? 0),
    ttftMs: earlier.ttftMs ?? later.ttftMs,
  };
}

function addUsage(a: Usage, b: Usage): Usage {
  return {
    input_tokens: a.input_tokens + b.input_tokens,
    output_tokens: a.output_tokens + b.output_tokens,
    cache_read_input_tokens: a.cache_read_input_tokens + b.cache_read_input_tokens,
    cache_creation_input_tokens: a.cache_creation_input_tokens + b.cache_creation_input_tokens,
  };
}
