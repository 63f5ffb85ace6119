import { readWarmAgent } from '../sessions/live.ts';
import { toModeSwitchRecord, toTurnRecord, toWarmRecord } from '../model/to-record.ts';
import { defineCommand } from './define.ts';
import { SESSION_POSITIONAL } from './options.ts';
import { describeGiven, describeSessions } from './session-output.ts';

const SHOWN_TURNS = 5;

export const command = defineCommand({
  positionals: SESSION_POSITIONAL,
  options: {
    context: {
      type: 'boolean',
      describe: 'Print what its next turn tells the agent: the system prompt, and updates since',
    },
  },
  async run(args, invocation) {
    const session = await invocation.select(args.session, 'read');
    if (args.context === true) {
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
      const text = told === null ? prompt : `${prompt}\n${told}`;
      await invocation.writer.write(invocation.format === 'text' ? text : `${JSON.stringify(record)}\n`);
      return;
    }
    const store = await invocation.store('read');
    const [record] = await describeSessions(invocation, [session]);
    const warm = toWarmRecord(await readWarmAgent({ paths: invocation.paths }, session));
    const turns = (await store.turns.last(session.id, SHOWN_TURNS)).map(toTurnRecord);
    const switches = (await store.sessions.modeSwitches(session.id)).map(toModeSwitchRecord);
    if (invocation.format === 'text') {
      const { renderSession } = await import('../output/session.ts');
      await invocation.writer.write(renderSession({ session: record!, warm, turns, switches }, Date.now()));
    } else {
      const { renderRecord } = await import('../output/list.ts');
      await renderRecord(
        {
          ...record!,
          ...describeGiven(session),
          warm_agent: warm,
          mode_switches: switches,
          last_turns: turns,
        },
        invocation.writer,
      );
    }
  },
});
