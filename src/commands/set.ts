import { CLEARABLE, changeSelected } from '../library/change.ts';
import { describeWhole } from '../library/describe.ts';
import { defineCommand } from './define.ts';
import { SESSION_OPTIONS, SESSION_POSITIONAL, flag, readGiven, root, texts } from './options.ts';
import { printSession } from './session-output.ts';

export const command = defineCommand({
  positionals: SESSION_POSITIONAL,
  options: {
    ...SESSION_OPTIONS,
    root: root('Directory the agent works in; its history is replayed there'),
    untag: texts('Key to remove; may be repeated'),
    'no-warm': flag('End the agent process with each turn', { conflicts: 'warm' }),
    'no-ask': flag('Deny tool calls that are not allowed', { conflicts: 'ask' }),
    'no-pin': flag('Let gc collect it', { conflicts: 'pin' }),
    clear: {
      choices: CLEARABLE,
      array: true,
      nargs: 1,
      describe: 'Remove a value; may be repeated',
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
    const given = readGiven(args);
    const request = {
      ...given,
      root: args.root,
      ask: args['no-ask'] === true ? false : given.ask,
      warm: args['no-warm'] === true ? false : given.warm,
      pinned: args['no-pin'] === true ? false : given.pinned,
      untag: args.untag,
      clear: args.clear,
    };
    const isChange = Object.values(request).some((value) => value !== undefined);
    if (!isChange) {
      const { renderChangeable } = await import('../output/session.ts');
      const record = await describeWhole(invocation, await invocation.select(args.session, 'read'));
      return await invocation.printer.record(record, renderChangeable(record));
    }
    const { before, after } = await changeSelected(invocation, args.session, request);
    await printSession(invocation, after);
    const isSame = JSON.stringify(before) === JSON.stringify(after);
    invocation.notice(isSame ? `${after.id} already has these values` : `${after.id} is changed`);
    return undefined;
  },
});
