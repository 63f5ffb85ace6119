import { restoreSession } from '../sessions/retention/remove.ts';
import { defineCommand } from './define.ts';
import { printSession } from './session-output.ts';

export const command = defineCommand({
  positionals: {
    session: {
      type: 'string',
      demandOption: true,
      completes: 'trash',
      describe: 'Id, a prefix of 4 or more, or name',
    },
  },
  options: {},
  examples: [['session list --trash', 'shows what there is to restore']],
  async run(args, invocation) {
    const session = await invocation.select(args.session, 'write');
    const store = await invocation.store('write');
    const isRestored = await restoreSession({ store }, session);
    invocation.notice(isRestored ? `${session.id} is back` : `${session.id} is not in the trash`);
    await printSession(invocation, (await store.sessions.find(session.id)) ?? session);
  },
});
