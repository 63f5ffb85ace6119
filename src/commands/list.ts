import { resolve } from 'node:path';
import { MODES } from '../core/model.ts';
import { parseTags } from '../core/names.ts';
import type { SessionFilter } from '../store/store.ts';
import { defineCommand } from './define.ts';
import { describeSessions } from './session-output.ts';
import { parseCount, parseSince } from './values.ts';

const DEFAULT_LIMIT = 1000;

export const command = defineCommand({
  positionals: {},
  options: {
    mode: { choices: MODES, describe: 'Only sessions in this mode' },
    study: { type: 'string', requiresArg: true, describe: 'Only sessions with this study' },
    root: { type: 'string', requiresArg: true, describe: 'Only sessions with this root' },
    tag: {
      type: 'string',
      array: true,
      nargs: 1,
      describe: 'Only sessions with this tag (key or key=value)',
    },
    since: {
      type: 'string',
      requiresArg: true,
      describe: 'Only sessions active since a time, or a duration ago (2d)',
    },
    limit: {
      alias: 'n',
      type: 'string',
      requiresArg: true,
      describe: `At most so many (default ${DEFAULT_LIMIT})`,
    },
  },
  async run(args, invocation) {
    const store = await invocation.store('read');
    const filter: SessionFilter = {
      trash: 'live',
      ...(args.mode && { mode: args.mode }),
      ...(args.study !== undefined && { study: args.study }),
      ...(args.root !== undefined && { root: resolve(invocation.io.cwd, args.root) }),
      ...(args.tag && { tags: parseTags(args.tag) }),
      ...(args.since !== undefined && { activeSince: parseSince('--since', args.since) }),
    };
    const limit = parseCount('--limit', args.limit) ?? DEFAULT_LIMIT;
    const sessions = await store.listSessions({ ...filter, limit });
    const records = await describeSessions(invocation, sessions);
    if (invocation.format === 'text') {
      const { renderSessions } = await import('../output/sessions.ts');
      await invocation.writer.write(renderSessions(records, invocation.writer.columns, Date.now()));
    } else {
      const { renderRecords } = await import('../output/list.ts');
      await renderRecords(records, invocation.format, invocation.writer);
    }
    if (sessions.length < limit) return;
    const total = await store.countSessions(filter);
    if (total > limit) invocation.notice(`${limit} of ${total} sessions shown; see more with --limit`);
  },
});
