import { defineCommand } from './define.ts';
import { APPROVAL_POSITIONAL, printAnswer } from './approval.ts';
import { flag } from './options.ts';

export const command = defineCommand({
  positionals: APPROVAL_POSITIONAL,
  options: {
    always: flag('Also allow it from now on: for Bash this command only, else the whole tool'),
  },
  examples: [['session approve 1f9a3c', 'the turn that waits goes on']],
  async run(args, invocation) {
    const always = args.always ?? false;
    await printAnswer(invocation, args.approval, { answer: 'allow', message: null, always });
  },
});
