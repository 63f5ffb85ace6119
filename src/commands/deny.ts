import { defineCommand } from './define.ts';
import { APPROVAL_POSITIONAL, printAnswer } from './approval.ts';
import { text } from './options.ts';

export const command = defineCommand({
  positionals: APPROVAL_POSITIONAL,
  options: { message: text('Message for the agent, such as what to do instead', { mayBeEmpty: true }) },
  examples: [['session deny 1f9a3c --message "Write it to /tmp instead"', 'the agent hears why']],
  async run(args, invocation) {
    const message = args.message ?? null;
    await printAnswer(invocation, args.approval, { answer: 'deny', message, always: false });
  },
});
