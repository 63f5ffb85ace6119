import { exitStatusOf, waitForTurn } from '../library/turns.ts';
import { toTurnRecord } from '../model/to-record.ts';
import { defineCommand } from './define.ts';
import { SESSION_POSITIONAL, TURN_OPTION, duration } from './options.ts';
import { stopOnSignal } from './stop-on-signal.ts';

export const command = defineCommand({
  positionals: SESSION_POSITIONAL,
  options: {
    ...TURN_OPTION,
    timeout: duration('Stop waiting (status 3) after this long; the turn goes on'),
  },
  examples: [['session wait nightly && session history nightly -n 1', 'exits as the turn did']],
  async run(args, invocation) {
    const ended = await stopOnSignal(invocation.io, args.timeout, (signal) =>
      waitForTurn(invocation, args.session, { turnId: args.turn }, signal),
    );
    if (ended === undefined) {
      invocation.notice(`session ${args.session} has had no turn yet`);
      await invocation.printer.nothing();
      return 0;
    }
    await invocation.printer.record(toTurnRecord(ended));
    if (ended.errorMessage !== null) invocation.notice(`turn ${ended.id}: ${ended.errorMessage}`);
    return exitStatusOf(ended, ended.limits);
  },
});
