import { openWatch } from '../library/turns.ts';
import { defineCommand } from './define.ts';
import { SESSION_POSITIONAL, TURN_OPTION, flag } from './options.ts';
import { stopOnSignal } from './stop-on-signal.ts';

export const command = defineCommand({
  positionals: SESSION_POSITIONAL,
  options: {
    ...TURN_OPTION,
    'from-now': flag('Skip the records from before'),
  },
  async run(args, invocation) {
    const choice = { turnId: args.turn, fromNow: args['from-now'] };
    const { session, watch, isStructured } = await openWatch(invocation, args.session, choice);
    if (watch === undefined) {
      invocation.notice(`session ${session.id} has had no turn yet`);
      await invocation.printer.nothing();
      return 0;
    }
    const { printTurn } = await import('../output/turn.ts');
    const ending = await stopOnSignal(invocation.io, undefined, (signal) =>
      printTurn(watch(signal), invocation, { isStructured }),
    );
    return ending.done?.exit_code ?? 1;
  },
});
