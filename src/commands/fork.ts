import { parseName } from '../sessions/names.ts';
import { forkSession } from '../turns/fork.ts';
import { settleSession } from '../turns/settle.ts';
import { defineCommand } from './define.ts';
import { SESSION_POSITIONAL } from './options.ts';
import { printSession } from './session-output.ts';
import { parseCount } from './values.ts';

export const command = defineCommand({
  positionals: SESSION_POSITIONAL,
  options: {
    at: {
      type: 'string',
      requiresArg: true,
      describe: 'The id of the last message it is to have (default: all)',
    },
    name: { type: 'string', requiresArg: true, describe: 'A name for the new session' },
  },
  examples: [['other=$(session fork nightly --name "nightly, bolder")', 'try something else from here']],
  async run(args, invocation) {
    const name = args.name === undefined ? null : parseName(args.name);
    const atMessage = parseCount('--at', args.at);
    const origin = await invocation.select(args.session, 'write');
    const store = await invocation.store('write');
    await settleSession({ store, paths: invocation.paths }, origin);
    const fork = await forkSession(store, (await store.sessions.find(origin.id)) ?? origin, {
      name,
      atMessage,
    });
    if (invocation.format === 'text') await invocation.writer.write(`${fork.id}\n`);
    else await printSession(invocation, fork);
  },
});
