import type { Session } from '../model/model.ts';
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
    const session = await invocation.select(args.session, 'read');
    if (args.context === true) return await printContext(invocation, session);
    const record = await describeDetails(invocation, session);
    return await invocation.printer.record(record, async () => {
      const { renderSession } = await import('../output/session.ts');
      return renderSession(record, Date.now());
    });
  },
});

async function printContext(invocation: Invocation, session: Session): Promise<void> {
  const { previewBriefing } = await import('../turns/prepare.ts');
  const { renderTold } = await import('../turns/agent-context.ts');
  const briefing = await previewBriefing(await invocation.services(session.root, 'read'), session);
  const { prompt, update, context } = briefing;
  const told = renderTold(context);
  const record = {
    session_id: session.id,
    system_prompt: prompt,
    context_update: told,
    is_told: update === null,
  };
  await invocation.printer.record(record, told === null ? prompt : `${prompt}\n${told}`);
}
