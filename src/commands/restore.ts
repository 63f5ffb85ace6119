import { restoreSession } from '../sessions/retention/remove.ts';
import { SessionError } from '../errors.ts';
import { defineCommand } from './define.ts';
import { printSession } from './session-output.ts';

export const command = defineCommand({
  positionals: {
    session: {
      type: 'string',
      demandOption: true,
      completes: 'trash',
      describe: 'Id, or a prefix of 4 or more',
    },
  },
  options: {},
  examples: [['session list --trash', 'shows what there is to restore']],
  async run(args, invocation) {
    const session = await invocation.select(args.session, 'write').catch(pointToTrash);
    const store = await invocation.store('write');
    const isRestored = await restoreSession({ store }, session);
    invocation.notice(isRestored ? `${session.id} is back` : `${session.id} is not in the trash`);
    await printSession(invocation, (await store.sessions.find(session.id)) ?? session);
  },
});

/** Its name is no use any more, so say where its id is. */
function pointToTrash(error: unknown): never {
  if (!(error instanceof SessionError) || error.code !== 'NO_SESSION') throw error;
  throw new SessionError('NO_SESSION', error.message, {
    hint: 'A session in the trash answers to its id: see "session list --trash".',
  });
}
