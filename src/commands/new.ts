import { createFromRequest, resolveRequestedRoot } from '../library/create.ts';
import { addTrust } from '../library/trust.ts';
import { AGENTS, MODES } from '../model/model.ts';
import { defineCommand } from './define.ts';
import { SESSION_OPTIONS, flag, readGiven, root, text } from './options.ts';
import { printSession } from './session-output.ts';

export const command = defineCommand({
  positionals: {},
  options: {
    'if-missing': flag('With --name: print the id of the session of that name, if there is one'),
    mode: { choices: MODES, describe: 'user: allow-listed tools; power: full access' },
    root: root('Directory the agent works in (default: the current one)'),
    agent: { choices: AGENTS, describe: 'The program that answers' },
    study: text('Study below <root>/studies to give as context', { completes: 'studies' }),
    trust: flag('Trust the root, as "session trust" does'),
    ...SESSION_OPTIONS,
  },
  examples: [['id=$(session new --name nightly --mode user --study bracket)', 'keep the id for later']],
  async run(args, invocation) {
    if (args.trust === true) await addTrust(invocation, resolveRequestedRoot(invocation, args.root));
    const { root: directory, mode, agent, study, 'if-missing': ifMissing } = args;
    const request = { ...readGiven(args), root: directory, mode, agent, study, ifMissing };
    const session = await createFromRequest(invocation, request);
    await printSession(invocation, session, `${session.id}\n`);
  },
});
