import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { MODES, SESSION_STATES } from '../model/model.ts';
import { parseTags } from '../sessions/names.ts';
import { filterByState } from '../sessions/state-filter.ts';
import { SessionError } from '../errors.ts';
import type { SessionFilter } from '../store/session-store.ts';
import { defineCommand } from './define.ts';
import { flag, limit, root, text, texts, time } from './options.ts';
import { describeSessions } from './session-output.ts';

const DEFAULT_LIMIT = 1000;

export const command = defineCommand({
  positionals: {},
  options: {
    mode: { choices: MODES, describe: 'Only sessions in this mode' },
    study: text('Only sessions with this study', { completes: 'studies' }),
    root: root('Only sessions with this root'),
    tag: texts('Only sessions with this tag (key or key=value)'),
    state: { choices: SESSION_STATES, describe: 'Only sessions in this state' },
    trash: flag('The sessions in the trash instead (same as --state trashed)'),
    since: time('Only sessions active since a time, or a duration ago (2d)'),
    limit: limit(`At most so many (default ${DEFAULT_LIMIT})`),
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
      ...(args.since !== undefined && { activeSince: args.since }),
    };
    const most = args.limit ?? DEFAULT_LIMIT;
    const sessions = await store.sessions.list({ ...filter, limit: most });
    const records = await describeSessions(invocation, sessions);
    await invocation.printer.records(records, async ({ columns }) => {
      const { renderSessions } = await import('../output/sessions.ts');
      return renderSessions(records, columns, Date.now());
    });
    if (sessions.length < most) return;
    const total = await store.sessions.count(filter);
    if (total > most) invocation.notice(`${most} of ${total} sessions shown; see more with --limit`);
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
