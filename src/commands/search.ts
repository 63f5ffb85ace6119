import { DEFAULT_LIMIT, searchMessages } from '../library/search.ts';
import { ROLES } from '../model/model.ts';
import { defineCommand } from './define.ts';
import { flag, limit, text, time } from './options.ts';

export const command = defineCommand({
  positionals: {
    query: {
      type: 'string',
      array: true,
      mayBeEmpty: true,
      describe: 'Words, or characters of Chinese, Japanese, Thai; "several words" in quotes, begin*',
    },
  },
  options: {
    session: text('Only in this session', { completes: 'sessions' }),
    role: { choices: ROLES, describe: 'Only messages of this role' },
    since: time('Only messages since a time, or a duration ago (2d)'),
    until: time('Only messages before a time, or a duration ago'),
    limit: limit(`At most this many (default ${DEFAULT_LIMIT})`),
    newest: flag('In order of time, not of relevance'),
  },
  examples: [
    ['session search fillet radius --since 30d', 'messages with both words, the best first'],
    [`session search '"mesh quality"' --json | jq -r '.[].session_id'`, 'sessions that speak of it'],
  ],
  async run(args, invocation) {
    const most = args.limit ?? DEFAULT_LIMIT;
    const { records, isCut } = await searchMessages(invocation, (args.query ?? []).join(' '), {
      session: args.session,
      role: args.role,
      since: args.since,
      until: args.until,
      limit: most,
      order: args.newest === true ? 'newest' : 'best',
      snippetWords: invocation.printer.format === 'text' ? 12 : 24,
    });
    await invocation.printer.records(records, async ({ columns }) => {
      const { renderHits } = await import('../output/search.ts');
      return renderHits(records, columns, Date.now());
    });
    if (isCut) invocation.notice(`the first ${most} are shown; see more with --limit`);
  },
});
