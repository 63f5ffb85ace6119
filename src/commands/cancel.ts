import { cancelSelected } from '../library/stop.ts';
import { defineCommand } from './define.ts';
import { SESSION_POSITIONAL } from './options.ts';

export const command = defineCommand({
  positionals: SESSION_POSITIONAL,
  options: {},
  async run(args, invocation) {
    const { session, turns } = await cancelSelected(invocation, args.session);
    const ids = turns.map(({ id }) => id).toSorted((a, b) => a - b);
    invocation.notice(
      ids.length === 0 ? `nothing is running in ${session.id}` : `cancelled turn ${ids.join(', ')}`,
    );
    await invocation.printer.records(turns);
  },
});
