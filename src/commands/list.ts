import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { MODES, SESSION_STATES } from '../model/model.ts';
import { parseTags } from '../sessions/names.ts';
import { filterByState } from '../sessions/state-filter.ts';
import { SessionError } from '../errors.ts';
import type { SessionFilter } from '../store/session-store.ts';
import { defineCommand } from './define.ts';
import { describeSessions } from './session-output.ts';
import { parseCount, parseSince } from './values.ts';

const DEFAULT_LIMIT = 1000;

export const command = defineCommand({
  positionals: {},
  options: {
    mode: { choices: MODES, describe: 'Only sessions in this mode' },
    study: {
      type: 'string',
      requiresArg: true,
      completes: 'studies',
      describe: 'Only sessions with this study',
    },
    root: {
      type: 'string',
      requiresArg: true,
      completes: 'directories',
      describe: 'Only sessions with this root',
    },
    tag: {
      type: 'string',
      array: true,
      nargs: 1,
      describe: 'Only sessions with this tag (key or key=value)',
    },
    state: { choices: SESSION_STATES, describe: 'Only sessions in this state' },
    trash: { type: 'boolean', describe: 'The sessions in the trash instead (same as --state trashed)' },
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
    if (args.trash === true && args.state !== undefined && args.state !== 'trashed')
      throw new SessionError('USAGE', '--trash and --state exclude each other.');
    const state = args.trash === true ? 'trashed' : args.state;
    const filter: SessionFilter = {
      ...(state && (await filterByState({ store, paths: invocation.paths }, state))),
      ...(args.mode && { mode: args.mode }),
      ...(args.study !== undefined && { study: args.study }),
      ...(args.root !== undefined && { root: findRealPath(resolve(invocation.io.cwd, args.root)) }),
      ...(args.tag && { tags: parseTags(args.tag) }),
      ...(args.since !== undefined && { activeSince: parseSince('--since', args.since) }),
    };
    const limit = parseCount('--limit', args.limit) ?? DEFAULT_LIMIT;
    const sessions = await store.sessions.list({ ...filter, limit });
    const records = await describeSessions(invocation, sessions);
    if (invocation.format === 'text') {
      const { renderSessions } = await import('../output/sessions.ts');
      await invocation.writer.write(renderSessions(records, invocation.writer.columns, Date.now()));
    } else {
      const { renderRecords } = await import('../output/list.ts');
      await renderRecords(records, invocation.format, invocation.writer);
    }
    if (sessions.length < limit) return;
    const total = await store.sessions.count(filter);
    if (total > limit) invocation.notice(`${limit} of ${total} sessions shown; see more with --limit`);
  },
});

/** As roots are stored, also of a directory that is gone. */
function findRealPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
