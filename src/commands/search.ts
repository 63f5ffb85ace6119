import { ROLES } from '../model/model.ts';
import { SessionError } from '../errors.ts';
import type { SearchRecord } from '../model/records.ts';
import { toTime } from '../model/to-record.ts';
import type { SearchHit } from '../store/message-store.ts';
import { defineCommand } from './define.ts';
import { flag, limit, text, time } from './options.ts';

const DEFAULT_LIMIT = 20;

export const command = defineCommand({
  positionals: {
    query: {
      type: 'string',
      array: true,
      describe: 'Words, or characters of Chinese, Japanese, Thai; "several words" in quotes, begin*',
    },
  },
  options: {
    session: text('Only in this session', { completes: 'sessions' }),
    role: { choices: ROLES, describe: 'Only one side' },
    since: time('Only messages since a time, or a duration ago (2d)'),
    until: time('Only messages before a time, or a duration ago'),
    limit: limit(`At most so many (default ${DEFAULT_LIMIT})`),
    newest: flag('In order of time, not of relevance'),
  },
  examples: [
    ['session search fillet radius --since 30d', 'messages with both words, the best first'],
    [`session search '"mesh quality"' --json | jq -r '.[].session_id'`, 'sessions that speak of it'],
  ],
  async run(args, invocation) {
    const query = (args.query ?? []).join(' ');
    if (query.trim() === '') throw new SessionError('USAGE', 'Name the words to look for.');
    const session = args.session === undefined ? undefined : await invocation.select(args.session, 'read');
    const most = args.limit ?? DEFAULT_LIMIT;
    const store = await invocation.store('read');
    const { hits, isCut } = await store.messages.search({
      text: query,
      sessionId: session?.id,
      role: args.role,
      since: args.since,
      until: args.until,
      limit: most,
      order: args.newest === true ? 'newest' : 'best',
      snippetWords: invocation.printer.format === 'text' ? 12 : 24,
    });
    const records = hits.map(toSearchRecord);
    await invocation.printer.records(records, async ({ columns }) => {
      const { renderHits } = await import('../output/search.ts');
      return renderHits(records, columns, Date.now());
    });
    if (isCut) invocation.notice(`the first ${most} are shown; see more with --limit`);
  },
});

function toSearchRecord(hit: SearchHit): SearchRecord {
  return {
    session_id: hit.sessionId,
    session_name: hit.sessionName,
    message_id: hit.messageId,
    turn_id: hit.turnId,
    role: hit.role,
    created_at: toTime(hit.createdAt),
    snippet: hit.snippet,
    matches: hit.matches,
    score: Math.round(hit.score * 1e6) / 1e6,
  };
}
