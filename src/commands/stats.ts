import { cacheReadRatio } from '../model/model.ts';
import type { StatsRecord } from '../model/records.ts';
import { STATS_KEYS } from '../store/stats-store.ts';
import type { Stats, StatsKey } from '../store/stats-store.ts';
import { defineCommand } from './define.ts';
import { time } from './options.ts';

export const command = defineCommand({
  positionals: {},
  options: {
    by: { choices: STATS_KEYS, default: 'day', describe: 'What to add up by; days are those of UTC' },
    since: time('Only turns that ended since a time, or a duration ago (30d)'),
    until: time('Only turns that ended before a time, or a duration ago'),
  },
  examples: [
    [`session stats --by model --since 7d --json | jq 'map(.cost_usd) | add'`, 'what a week has cost'],
  ],
  async run(args, invocation) {
    const by = args.by as StatsKey;
    const store = await invocation.store('read');
    const stats = await store.stats({ by, since: args.since, until: args.until });
    const { maxDailyUsd } = await invocation.settings(undefined);
    if (maxDailyUsd !== undefined) {
      const { describeDay } = await import('../turns/daily-limit.ts');
      invocation.notice(await describeDay(store, maxDailyUsd));
    }
    const records = stats.map((each) => toStatsRecord(by, each));
    await invocation.printer.records(records, async ({ columns }) => {
      const { renderStats } = await import('../output/stats.ts');
      return renderStats(records, columns);
    });
  },
});

function toStatsRecord(by: StatsKey, stats: Stats): StatsRecord {
  return {
    by,
    key: stats.key,
    turns: stats.turns,
    completed: stats.completed,
    num_turns: stats.numTurns,
    denials: stats.denials,
    usage: stats.usage,
    cache_read_ratio: cacheReadRatio(stats.usage),
    cost_usd: stats.costUsd,
    duration_ms: stats.durationMs,
  };
}
