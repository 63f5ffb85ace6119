import { TOKEN_COUNTS } from '../../model/usage.ts';
import type { ModelUsage, Usage, UsageByModel } from '../../model/usage.ts';
import type { AgentResult } from '../events.ts';

/** Tokens and cost of a turn, of the same model calls. Null when the agent did not say. */
export interface Spent {
  usage: Usage | null;
  byModel: UsageByModel | null;
  costUsd: number | null;
}

/**
 * Adds up the usage in the results of one turn, sub-agents included.
 *
 * The agent's totals per model grow over its process, and from claude 2.1.277 over the whole conversation. `before` is
 * their value at the result before this turn, null when they begin at zero. A newer agent also reports the usage since
 * its last result.
 */
export class Spending {
  #before: UsageByModel | null;
  #sinceLast: UsageByModel | null = null;
  /** Usage of earlier processes of this turn. */
  #earlier: UsageByModel = {};
  #usage: Usage | null = null;
  #last: AgentResult | null = null;

  constructor(before: UsageByModel | null) {
    this.#before = before;
  }

  /** Sets the totals that the agent continues from. */
  startFrom(before: UsageByModel | null): void {
    this.#before = before;
  }

  /** Begins a new process, whose totals start at zero. */
  beginAnew(): void {
    this.#earlier = mergeModels(this.#earlier, this.#byModel ?? {}, addNumbers);
    this.#before = this.#sinceLast = this.#last = null;
  }

  add(result: AgentResult): void {
    this.#last = result;
    if (result.usageSinceLast !== null)
      this.#sinceLast = mergeModels(this.#sinceLast ?? {}, result.usageSinceLast, addNumbers);
    if (result.usage !== null)
      this.#usage = this.#usage === null ? result.usage : mergeCounts(this.#usage, result.usage, addNumbers);
  }

  get spent(): Spent {
    const latest = this.#byModel;
    const byModel = latest && mergeModels(this.#earlier, latest, addNumbers);
    if (byModel === null)
      return { usage: this.#usage, byModel: null, costUsd: this.#last?.totalCostUsd ?? null };
    return { usage: sumUsage(byModel), byModel, costUsd: roundUsd(sum(byModel, (model) => model.cost_usd)) };
  }

  get #byModel(): UsageByModel | null {
    if (this.#sinceLast !== null) return this.#sinceLast;
    const total = this.#last?.totalUsage ?? null;
    if (total === null || this.#before === null) return total;
    return mergeModels(total, this.#before, (now, then) => Math.max(now - then, 0));
  }
}

/** The tokens of all models. */
function sumUsage(byModel: UsageByModel): Usage {
  const [first, ...rest] = Object.values(byModel);
  const { cost_usd: _, ...usage } = first ?? NOTHING;
  return rest.reduce<Usage>((all, model) => mergeCounts(all, model, addNumbers), usage);
}

const NOTHING: ModelUsage = {
  input_tokens: 0,
  output_tokens: 0,
  cache_read_input_tokens: 0,
  cache_creation_input_tokens: 0,
  cost_usd: 0,
};

type Merge = (a: number, b: number) => number;
const addNumbers: Merge = (a, b) => a + b;

function sum(byModel: UsageByModel, of: (model: ModelUsage) => number): number {
  return Object.values(byModel).reduce((all, model) => all + of(model), 0);
}

/** Models of which nothing is left are left out. */
function mergeModels(a: UsageByModel, b: UsageByModel, merge: Merge): UsageByModel {
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  const merged = names.map((name) => {
    const [one, other] = [a[name] ?? NOTHING, b[name] ?? NOTHING];
    const usage = {
      ...mergeCounts(one, other, merge),
      cost_usd: roundUsd(merge(one.cost_usd, other.cost_usd)),
    };
    return [name, usage] as const;
  });
  return Object.fromEntries(merged.filter(([, usage]) => Object.values(usage).some((count) => count > 0)));
}

function mergeCounts(a: Usage, b: Usage, merge: Merge): Usage {
  return Object.fromEntries(TOKEN_COUNTS.map((name) => [name, merge(a[name], b[name])])) as unknown as Usage;
}

/** Removes the rounding errors of floating-point sums. */
function roundUsd(usd: number): number {
  return Math.round(usd * 1e9) / 1e9;
}
