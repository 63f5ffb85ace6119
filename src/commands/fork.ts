import { forkSelected } from '../library/fork.ts';
import { defineCommand } from './define.ts';
import { SESSION_POSITIONAL, count, text } from './options.ts';
import { printSession } from './session-output.ts';

export const command = defineCommand({
  positionals: SESSION_POSITIONAL,
  options: {
    at: count('Id of the last message to copy (default: all)'),
    name: text('A name for the new session'),
  },
  examples: [['other=$(session fork nightly --name nightly-bolder)', 'try something else from here']],
  async run(args, invocation) {
    const request = { name: args.name, atMessage: args.at };
    const fork = await forkSelected(invocation, args.session, request);
    await printSession(invocation, fork, `${fork.id}\n`);
  },
});
