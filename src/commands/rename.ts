import { parseName } from '../sessions/names.ts';
import { defineCommand } from './define.ts';
import { SESSION_POSITIONAL } from './options.ts';
import { changeAndPrint } from './session-output.ts';

export const command = defineCommand({
  positionals: {
    ...SESSION_POSITIONAL,
    name: { type: 'string', demandOption: true, describe: 'The new name, unique under the root' },
  },
  options: {},
  async run(args, invocation) {
    const name = parseName(args.name);
    const session = await invocation.select(args.session, 'write');
    await changeAndPrint(invocation, session, (store) => store.sessions.change(session.id, { name }));
    invocation.notice(`${session.id} is now "${name}"`);
  },
});
