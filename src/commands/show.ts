import { describeDetails } from '../library/describe.ts';
import { defineCommand } from './define.ts';
import type { Invocation } from './invocation.ts';
import { SESSION_POSITIONAL, flag } from './options.ts';

export const command = defineCommand({
  positionals: SESSION_POSITIONAL,
  options: {
    context: flag('Print what its next turn tells the agent: the system prompt, and updates since'),
  },
  async run(args, invocation) {
    if (args.context === true) return await printContext(invocation, args.session);
    const session = await invocation.select(args.session, 'read');
    const record = await describeDetails(invocation, session);
    return await invocation.printer.record(record, async () => {
      const { renderSession } = await import('../output/session.ts');
      return renderSession(record, Date.now());
    });
  },
});

async function printContext(invocation: Invocation, selector: string): Promise<void> {
  const { previewContext } = await import('../library/told.ts');
  const record = await previewContext(invocation, selector);
  const { system_prompt: prompt, context_update: update } = record;
  await invocation.printer.record(record, update === null ? prompt : `${prompt}\n${update}`);
}
