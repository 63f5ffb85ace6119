import { parseName } from '../sessions/names.ts';
import { forkSession } from '../turns/fork.ts';
import { settleSession } from '../turns/settle.ts';
import { defineCommand } from './define.ts';
import { SESSION_POSITIONAL, count, text } from './options.ts';
import { printSession } from './session-output.ts';

export const command = defineCommand({
  positionals: SESSION_POSITIONAL,
  options: {
    at: count('The id of the last message it is to have (default: all)'),
    name: text('A name for the new session'),
  },
  examples: [['other=$(session fork nightly --name nightly-bolder)', 'try something else from here']],
  async run(args, invocation) {
    const name = args.name === undefined ? null : parseName(args.name);
    const origin = await invocation.select(args.session, 'write');
    const store = await invocation.store('write');
    await settleSession({ store, paths: invocation.paths }, origin);
    const settled = (await store.sessions.find(origin.id)) ?? origin;
    const fork = await forkSession(store, settled, { name, atMessage: args.at });
    await printSession(invocation, fork, `${fork.id}\n`);
  },
});
