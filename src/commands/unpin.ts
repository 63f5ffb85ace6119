import { defineCommand } from './define.ts';
import { SESSIONS_POSITIONAL } from './options.ts';
import { pinSessions } from './session-output.ts';

export const command = defineCommand({
  positionals: SESSIONS_POSITIONAL,
  options: {},
  run: (args, invocation) => pinSessions(invocation, args.session, false),
});
