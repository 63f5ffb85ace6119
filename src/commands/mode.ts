import { switchModeOf } from '../library/change.ts';
import { MODES } from '../model/model.ts';
import { defineCommand } from './define.ts';
import { SESSION_POSITIONAL } from './options.ts';
import { printSession } from './session-output.ts';

export const command = defineCommand({
  positionals: { ...SESSION_POSITIONAL, mode: { choices: MODES, describe: 'The mode to switch to' } },
  options: {},
  examples: [['session mode nightly power', 'gives the next turn full access']],
  async run(args, invocation) {
    if (args.mode === undefined) {
      const session = await invocation.select(args.session, 'read');
      return await printSession(invocation, session, `${session.mode}\n`);
    }
    const { before, after, runningTurnId } = await switchModeOf(invocation, args.session, args.mode);
    invocation.notice(
      before.mode === after.mode
        ? `${before.id} is already in ${after.mode} mode`
        : `${before.id}: ${before.mode} → ${after.mode}, from its next turn on`,
    );
    if (before.mode !== after.mode && runningTurnId !== null)
      invocation.notice(
        `turn ${runningTurnId} is running and goes on in ${before.mode} mode; "session cancel ${before.id}" ends it`,
      );
    return await printSession(invocation, after, `${after.mode}\n`);
  },
});
