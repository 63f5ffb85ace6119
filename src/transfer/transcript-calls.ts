import { TOKEN_COUNTS } from '../model/usage.ts';
import type { Usage, UsageByModel } from '../model/usage.ts';
import type { ModelCall } from './transcript-line.ts';

/** A model call, and when it was made. */
interface DatedCall extends ModelCall {
  at: number;
}

/** The usage of calls, in total and by model. */
export interface CallSums {
  usage: Usage | null;
  usageByModel: UsageByModel | null;
  costUsd: number;
}

/** The model calls in a session's lines, each once, including those of sub-agents and of abandoned branches. */
export class CallBook {
  readonly #calls = new Map<string, DatedCall>();

  /** Of several lines of a message, the one with the most output has the complete usage. */
  add(call: ModelCall, at: number): void {
    const known = this.#calls.get(call.id);
    if (known === undefined) {
      this.#calls.set(call.id, { ...call, at });
      return;
    }
    if (isMoreWhole(call, known)) {
      known.usage = call.usage;
      known.model = call.model ?? known.model;
    }
    known.costUsd = Math.max(known.costUsd, call.costUsd);
    known.at = Math.min(known.at, at);
  }

  get(id: string): DatedCall | undefined {
    return this.#calls.get(id);
  }

  /** The calls except these, in order of time. */
  others(ids: ReadonlySet<string>): DatedCall[] {
    return [...this.#calls.values()].filter(({ id }) => !ids.has(id)).toSorted((a, b) => a.at - b.at);
  }
}

/** Whether a line of a call has more complete usage than another one. */
export function isMoreWhole(call: ModelCall, than: ModelCall): boolean {
  return totalOf(call.usage) > totalOf(than.usage);
}

export function sumCalls(calls: readonly ModelCall[]): CallSums {
  const used = calls.filter(({ usage, costUsd }) => usage !== null || costUsd > 0);
  if (used.length === 0) return { usage: null, usageByModel: null, costUsd: 0 };
  const usage = noUsage();
  const byModel = new Map<string, Usage & { cost_usd: number }>();
  let costUsd = 0;
  for (const call of used) {
    const model = byModel.get(call.model ?? '') ?? { ...noUsage(), cost_usd: 0 };
    byModel.set(call.model ?? '', model);
    for (const name of TOKEN_COUNTS) {
      usage[name] += call.usage?.[name] ?? 0;
      model[name] += call.usage?.[name] ?? 0;
    }
    model.cost_usd += call.costUsd;
    costUsd += call.costUsd;
  }
  return { usage, usageByModel: byModel.has('') ? null : Object.fromEntries(byModel), costUsd };
}

export function totalOf(usage: Usage | null): number {
  return usage === null ? 0 : TOKEN_COUNTS.reduce((sum, name) => sum + usage[name], 0);
}

function noUsage(): Usage {
  return {
    input_tokens: 0,
    output_tokens: 0,
    cache_read_input_tokens: 0,
    cache_creation_input_tokens: 0,
  };
}
