import { toTurnRecord } from '../model/to-record.ts';
import { cancelTurns } from '../turns/cancel.ts';
import { defineCommand } from './define.ts';
import { SESSION_POSITIONAL } from './options.ts';

export const command = defineCommand({
  positionals: SESSION_POSITIONAL,
  options: {},
  async run(args, invocation) {
    const session = await invocation.select(args.session, 'write');
    const services = await invocation.services(session.root);
    const ended = await cancelTurns(services, session);
    const ids = ended.map(({ id }) => id).toSorted((a, b) => a - b);
    invocation.notice(
      ids.length === 0 ? `nothing is running in ${session.id}` : `cancelled turn ${ids.join(', ')}`,
    );
    const turns = await Promise.all(ended.map(({ id }) => services.store.turns.find(id)));
    await invocation.printer.records(turns.flatMap((turn) => (turn ? [toTurnRecord(turn)] : [])));
  },
});
