import { STATS_KEYS, readStats } from '../library/stats.ts';
import type { StatsKey } from '../library/stats.ts';
import { defineCommand } from './define.ts';
import { time } from './options.ts';

export const command = defineCommand({
  positionals: {},
  options: {
    by: { choices: STATS_KEYS, default: 'day', describe: 'Key of the sums; days are in UTC' },
    since: time('Only turns that ended since a time, or a duration ago (30d)'),
    until: time('Only turns that ended before a time, or a duration ago'),
  },
  examples: [
    [`session stats --by model --since 7d --json | jq 'map(.cost_usd) | add'`, 'what a week has cost'],
  ],
  async run(args, invocation) {
    const { by, since, until } = args;
    const records = await readStats(invocation, { by: by as StatsKey, since, until });
    await invocation.printer.records(records, async ({ columns }) => {
      const { renderStats } = await import('../output/stats.ts');
      return renderStats(records, columns);
    });
  },
});
