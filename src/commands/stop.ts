import { SessionError } from '../errors.ts';
import { stopSelected } from '../library/stop.ts';
import { defineCommand } from './define.ts';
import { OPTIONAL_SESSION, flag } from './options.ts';

export const command = defineCommand({
  positionals: OPTIONAL_SESSION,
  options: { all: flag('Every session') },
  async run(args, invocation) {
    if ((args.session === undefined) === (args.all !== true))
      throw new SessionError('USAGE', 'Name one session, or give --all.');
    const stopped = await stopSelected(invocation, args.session);
    for (const { session_id, turns, was_warm } of stopped)
      if (was_warm || turns.length > 0) invocation.notice(`stopped ${session_id}`);
    await invocation.printer.records(stopped);
  },
});
