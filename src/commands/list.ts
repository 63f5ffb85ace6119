import { SessionError } from '../errors.ts';
import { DEFAULT_LIMIT, listSessions } from '../library/list.ts';
import { MODES, SESSION_STATES } from '../model/model.ts';
import { defineCommand } from './define.ts';
import { flag, limit, root, text, texts, time } from './options.ts';

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
    limit: limit(`At most this many (default ${DEFAULT_LIMIT})`),
  },
  async run(args, invocation) {
    if (args.trash === true && args.state !== undefined && args.state !== 'trashed')
      throw new SessionError('USAGE', '--trash and --state exclude each other.');
    const most = args.limit ?? DEFAULT_LIMIT;
    const { records, total } = await listSessions(invocation, {
      mode: args.mode,
      study: args.study,
      root: args.root,
      tags: args.tag,
      state: args.trash === true ? 'trashed' : args.state,
      activeSince: args.since,
      limit: most,
    });
    await invocation.printer.records(records, async ({ columns }) => {
      const { renderSessions } = await import('../output/sessions.ts');
      return renderSessions(records, columns, Date.now());
    });
    if (total > most) invocation.notice(`${most} of ${total} sessions shown; see more with --limit`);
  },
});
