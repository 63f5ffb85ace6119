import { userInfo } from 'node:os';
import { MODES } from '../model/model.ts';
import { switchMode } from '../sessions/mode.ts';
import { defineCommand } from './define.ts';
import { SESSION_POSITIONAL } from './options.ts';
import { printSession } from './session-output.ts';

export const command = defineCommand({
  positionals: { ...SESSION_POSITIONAL, mode: { choices: MODES, describe: 'The mode to switch to' } },
  options: {},
  examples: [['session mode nightly power', 'gives the next turn full access']],
  async run(args, invocation) {
    const session = await invocation.select(args.session, args.mode === undefined ? 'read' : 'write');
    if (args.mode !== undefined) {
      const services = await invocation.services(session.root);
      const isSwitched = await switchMode(services, session, args.mode, userInfo().username);
      invocation.notice(
        isSwitched
          ? `${session.id}: ${session.mode} → ${args.mode}, from its next turn on`
          : `${session.id} is in ${args.mode} mode already`,
      );
    }
    const mode = args.mode ?? session.mode;
    await printSession(invocation, { ...session, mode }, `${mode}\n`);
  },
});
