import { roundUsd } from '../model/usd.ts';
import { cacheReadRatio } from '../model/usage.ts';
import type { StatsRecord } from '../model/records.ts';
import { STATS_KEYS } from '../store/stats-store.ts';
import type { Stats, StatsKey } from '../store/stats-store.ts';
import type { Context } from './context.ts';

export { STATS_KEYS };
export type { StatsKey };

/** The options of `stats`. Times are milliseconds since 1970. */
export interface StatsRequest {
  /** The key of the sums; default `day`, in UTC. */
  by?: StatsKey | undefined;
  /** Only turns that ended at this time or later. */
  since?: number | undefined;
  /** Only turns that ended before this time. */
  until?: number | undefined;
}

/** Sums over turns. Days are in order, other keys by cost. Prints a notice about the day's limit, if there is one. */
export async function readStats(
  context: Context,
  { by = 'day', since, until }: StatsRequest,
): Promise<StatsRecord[]> {
  const store = await context.store('read');
  const stats = await store.stats({ by, since, until });
  const { maxDailyUsd } = await context.settings(undefined);
  if (maxDailyUsd !== undefined) {
    const { describeDay } = await import('../turns/daily-limit.ts');
    context.notice(await describeDay(store, maxDailyUsd));
  }
  const names = new Map<string | null, string | null>();
  if (by === 'session')
    for (const { id, name } of await store.sessions.list({ trash: 'all' })) names.set(id, name);
  return stats.map((each) => toStatsRecord(by, each, names.get(each.key) ?? null));
}

function toStatsRecord(by: StatsKey, stats: Stats, name: string | null): StatsRecord {
  return {
    by,
    key: stats.key,
    name,
    turns: stats.turns,
    completed: stats.completed,
    num_turns: stats.numTurns,
    denials: stats.denials,
    usage: stats.usage,
    cache_read_ratio: cacheReadRatio(stats.usage),
    cost_usd: roundUsd(stats.costUsd),
    duration_ms: stats.durationMs,
  };
}
