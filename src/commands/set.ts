import { CLEARABLE, changeSession } from '../sessions/change.ts';
import { defineCommand } from './define.ts';
import { CONTEXT_OPTIONS, SESSION_POSITIONAL } from './options.ts';
import { printChangeable, printSession } from './session-output.ts';
import { parseMoney } from './values.ts';

const { study: _study, ...CONTEXT } = CONTEXT_OPTIONS;

export const command = defineCommand({
  positionals: SESSION_POSITIONAL,
  options: {
    name: { type: 'string', requiresArg: true, describe: 'A name of your own, unique under the root' },
    root: {
      type: 'string',
      requiresArg: true,
      completes: 'directories',
      describe: 'Directory the agent works in; its history is replayed there',
    },
    ...CONTEXT,
    'budget-usd': { type: 'string', requiresArg: true, describe: 'Most the session may ever cost' },
    tag: { type: 'string', array: true, nargs: 1, describe: 'key=value to add or change; may be repeated' },
    untag: { type: 'string', array: true, nargs: 1, describe: 'Key to remove; may be repeated' },
    warm: { type: 'boolean', describe: 'Keep the agent process up between turns' },
    'no-warm': { type: 'boolean', conflicts: 'warm', describe: 'End the agent process with each turn' },
    pin: { type: 'boolean', describe: 'Never collected by gc' },
    'no-pin': { type: 'boolean', conflicts: 'pin', describe: 'Let gc collect it' },
    clear: {
      choices: CLEARABLE,
      array: true,
      nargs: 1,
      describe: 'Take away what was given; may be repeated',
    },
  },
  examples: [
    ['session set nightly', 'what can be changed, as it is now'],
    ['session set nightly --name weekly --tag team=fem --untag ci', 'changes its name and two tags'],
    ['session set nightly --pin', 'keeps it from gc'],
    ['session set nightly --root ~/projects/moved', 'goes on where the project is now'],
    ['session set nightly --clear model', 'goes back to the default model'],
  ],
  async run(args, invocation) {
    const request = {
      name: args.name,
      root: args.root,
      model: args.model,
      systemPrompt: args['system-prompt'],
      contextFiles: args.context,
      mcpConfigs: args['mcp-config'],
      warm: args['no-warm'] === true ? false : args.warm,
      pinned: args['no-pin'] === true ? false : args.pin,
      tags: args.tag,
      untag: args.untag,
      budgetUsd: parseMoney('--budget-usd', args['budget-usd']),
      clear: args.clear,
    };
    const isChange = Object.values(request).some((value) => value !== undefined);
    const session = await invocation.select(args.session, isChange ? 'write' : 'read');
    if (!isChange) return await printChangeable(invocation, session);
    const services = await invocation.services(session.root);
    const changed = await changeSession(services, session, request, invocation.io.cwd);
    if (invocation.format !== 'text') await printSession(invocation, changed);
    invocation.notice(`${session.id} is changed`);
    return undefined;
  },
});
