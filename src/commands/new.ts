import { resolve } from 'node:path';
import { buildSession, checkContext, createSession, resolveRoot } from '../sessions/create.ts';
import { AGENTS, MODES } from '../model/model.ts';
import type { Session } from '../model/model.ts';
import { noticeLeftOut } from '../turns/left-out.ts';
import { checkAsk } from '../turns/ask.ts';
import { requirePower } from '../turns/power.ts';
import { SessionError } from '../errors.ts';
import { defineCommand } from './define.ts';
import type { Invocation } from './invocation.ts';
import { SESSION_OPTIONS, flag, readGiven, root, text } from './options.ts';
import { printSession } from './session-output.ts';
import { addTrust } from './trust.ts';

export const command = defineCommand({
  positionals: {},
  options: {
    'if-missing': flag('With --name: print the id of the session that has it, if there is one'),
    mode: { choices: MODES, describe: 'user: allow-listed tools; power: full access' },
    root: root('Directory the agent works in (default: the current one)'),
    agent: { choices: AGENTS, describe: 'The program that answers' },
    study: text('Study below <root>/studies to give as context', { completes: 'studies' }),
    trust: flag('Trust the root, as "session trust" does'),
    ...SESSION_OPTIONS,
  },
  examples: [['id=$(session new --name nightly --mode user --study bracket)', 'keep the id for later']],
  async run(args, invocation) {
    const session = await createFromArgs(args, invocation);
    await printSession(invocation, session, `${session.id}\n`);
  },
});

type NewArgs = Partial<Parameters<typeof command.run>[0]>;

/** Creates a session; what the arguments leave out is as the settings have it. With `--if-missing`, perhaps an existing one. */
export async function createFromArgs(args: NewArgs, invocation: Invocation): Promise<Session> {
  const directory = resolveRoot(resolve(invocation.io.cwd, args.root ?? '.'));
  if (args.trust === true) await addTrust(invocation, directory);
  const services = await invocation.services(directory);
  noticeLeftOut(directory, services);
  const { settings, store } = services;
  const mode = args.mode ?? settings.mode;
  requirePower(mode, settings);
  const given = readGiven(args);
  checkAsk(given.ask, { mode });
  const request = {
    ...given,
    mode,
    root: directory,
    study: args.study,
    agent: args.agent ?? settings.agent,
    model: given.model ?? settings.model,
    contextFiles: given.contextFiles ?? [],
    maxFileBytes: settings.context.maxFileBytes,
    mcpConfigs: given.mcpConfigs ?? [],
    warm: given.warm ?? settings.warm,
    ask: given.ask ?? false,
    pinned: given.pinned ?? false,
    tags: given.tags ?? [],
    budgetUsd: given.budgetUsd ?? settings.budgetUsd,
  };
  const session = await buildSession(request, invocation.io.cwd);
  await checkContext(services, session);
  const id = await createSession(store, session, args['if-missing'] ?? false);
  const created = (await store.sessions.find(id))!;
  if (args.mode !== undefined && created.mode !== args.mode)
    throw new SessionError(
      'USAGE',
      `Session ${id} of that name is in ${created.mode} mode, not in ${args.mode} mode.`,
      {
        hint: `Switch it with "session mode ${id} ${args.mode}", or leave --mode out.`,
      },
    );
  return created;
}
