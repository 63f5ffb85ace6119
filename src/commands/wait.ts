import { exitStatusOf } from '../turns/done.ts';
import { waitForEnd } from '../turns/watch.ts';
import { SessionError } from '../errors.ts';
import { toTurnRecord } from '../model/to-record.ts';
import { defineCommand } from './define.ts';
import { SESSION_POSITIONAL, duration } from './options.ts';
import { stopOnSignal } from './stop-on-signal.ts';
import { TURN_OPTION, selectTurn } from './turn-argument.ts';

export const command = defineCommand({
  positionals: SESSION_POSITIONAL,
  options: {
    ...TURN_OPTION,
    timeout: duration('Give up (status 3) after so long; the turn goes on'),
  },
  examples: [['session wait nightly && session history nightly -n 1', 'exits as the turn did']],
  async run(args, invocation) {
    const session = await invocation.select(args.session, 'write');
    const services = await invocation.services(session.root);
    const turn = await selectTurn(services, session, args.turn);
    if (turn === undefined) {
      await invocation.printer.nothing();
      return 0;
    }
    const ended = await stopOnSignal(invocation.io, args.timeout, (signal) =>
      waitForEnd(services, session, turn.id, signal),
    );
    if (ended === undefined)
      throw new SessionError('TIMEOUT', `Turn ${turn.id} of session ${session.id} is still going on.`);
    await invocation.printer.record(toTurnRecord(ended));
    if (ended.errorMessage !== null) invocation.notice(`turn ${ended.id}: ${ended.errorMessage}`);
    return exitStatusOf(ended, false);
  },
});
