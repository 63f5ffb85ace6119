import { watchTurn } from '../turns/watch.ts';
import { defineCommand } from './define.ts';
import { SESSION_POSITIONAL, flag } from './options.ts';
import { stopOnSignal } from './stop-on-signal.ts';
import { TURN_OPTION, selectTurn } from './turn-argument.ts';

export const command = defineCommand({
  positionals: SESSION_POSITIONAL,
  options: {
    ...TURN_OPTION,
    'from-now': flag('Leave out what was said before'),
  },
  async run(args, invocation) {
    const session = await invocation.select(args.session, 'write');
    const services = await invocation.services(session.root);
    const turn = await selectTurn(services, session, args.turn);
    if (turn === undefined) {
      invocation.notice(`session ${session.id} has had no turn yet`);
      await invocation.printer.nothing();
      return 0;
    }
    const { printTurn } = await import('../output/turn.ts');
    const ending = await stopOnSignal(invocation.io, undefined, (signal) =>
      printTurn(watchTurn(services, session, turn, args['from-now'] ?? false, signal), invocation),
    );
    return ending.done?.exit_code ?? 1;
  },
});
