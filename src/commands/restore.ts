import { restoreSelected } from '../library/remove.ts';
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
    const { session, wasTrashed } = await restoreSelected(invocation, args.session);
    invocation.notice(wasTrashed ? `${session.id} is restored` : `${session.id} is not in the trash`);
    await printSession(invocation, session);
  },
});
