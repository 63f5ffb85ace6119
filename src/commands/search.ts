import { ROLES } from '../model/model.ts';
import { SessionError } from '../errors.ts';
import type { SearchRecord } from '../model/records.ts';
import { toTime } from '../model/to-record.ts';
import type { SearchHit } from '../store/message-store.ts';
import { defineCommand } from './define.ts';
import { parseCount, parseSince } from './values.ts';

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
    session: { type: 'string', requiresArg: true, completes: 'sessions', describe: 'Only in this session' },
    role: { choices: ROLES, describe: 'Only one side' },
    since: {
      type: 'string',
      requiresArg: true,
      describe: 'Only messages since a time, or a duration ago (2d)',
    },
    until: { type: 'string', requiresArg: true, describe: 'Only messages before a time, or a duration ago' },
    limit: {
      alias: 'n',
      type: 'string',
      requiresArg: true,
      describe: `At most so many (default ${DEFAULT_LIMIT})`,
    },
    newest: { type: 'boolean', describe: 'In order of time, not of relevance' },
  },
  examples: [
    ['session search fillet radius --since 30d', 'messages with both words, the best first'],
    [`session search '"mesh quality"' --json | jq -r '.[].session_id'`, 'sessions that speak of it'],
  ],
  async run(args, invocation) {
    const query = (args.query ?? []).join(' ');
    if (query.trim() === '') throw new SessionError('USAGE', 'Name the words to look for.');
    const session = args.session === undefined ? undefined : await invocation.select(args.session, 'read');
    const limit = parseCount('--limit', args.limit) ?? DEFAULT_LIMIT;
    const store = await invocation.store('read');
    const isTable = invocation.format === 'text';
    const { hits, isCut } = await store.messages.search({
      text: query,
      sessionId: session?.id,
      role: args.role,
      since: args.since === undefined ? undefined : parseSince('--since', args.since),
      until: args.until === undefined ? undefined : parseSince('--until', args.until),
      limit,
      order: args.newest === true ? 'newest' : 'best',
      snippetWords: isTable ? 12 : 24,
    });
    if (invocation.format !== 'text') {
      const { renderRecords } = await import('../output/list.ts');
      await renderRecords(hits.map(toSearchRecord), invocation.format, invocation.writer);
    } else {
      const { renderHits } = await import('../output/search.ts');
      await invocation.writer.write(
        renderHits(hits.map(toSearchRecord), invocation.writer.columns, Date.now()),
      );
    }
    if (isCut) invocation.notice(`the first ${limit} are shown; see more with --limit`);
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
