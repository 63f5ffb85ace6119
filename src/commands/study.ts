import { switchStudyOf } from '../library/change.ts';
import { describeStudy, listStudies } from '../library/study.ts';
import { SessionError } from '../errors.ts';
import { escapeLine } from '../text/safe-text.ts';
import { defineCommand } from './define.ts';
import type { Invocation } from './invocation.ts';
import { SESSION_POSITIONAL, flag } from './options.ts';
import { printSession } from './session-output.ts';

export const command = defineCommand({
  positionals: {
    ...SESSION_POSITIONAL,
    study: { type: 'string', completes: 'studies', describe: 'The study to switch to' },
  },
  options: {
    clear: flag('Remove the study'),
    list: flag("List the studies below the session's root"),
  },
  examples: [['session study nightly wing', 'the next turn knows this one']],
  async run(args, invocation) {
    const wantsSwitch = args.study !== undefined || args.clear === true;
    if ([args.study !== undefined, args.clear === true, args.list === true].filter(Boolean).length > 1)
      throw new SessionError('USAGE', 'A study, --clear and --list exclude each other.');
    if (wantsSwitch) {
      const { before, after } = await switchStudyOf(invocation, args.session, args.study ?? null);
      const name = after.study ?? 'no study';
      invocation.notice(
        before.study === after.study
          ? `${after.id} already has ${name}`
          : `${after.id}: ${before.study ?? 'no study'} → ${name}`,
      );
      return await printSession(invocation, after);
    }
    return await (args.list === true ? printStudies : printStudy)(args.session, invocation);
  },
});

async function printStudies(selector: string, invocation: Invocation): Promise<void> {
  const studies = await listStudies(invocation, selector);
  const lines = studies.map((each) => `${each.is_selected ? '*' : ' '} ${escapeLine(each.name)}\n`);
  await invocation.printer.records(studies, lines);
}

async function printStudy(selector: string, invocation: Invocation): Promise<void> {
  const study = await describeStudy(invocation, selector);
  await invocation.printer.record(study, study.context === null ? '' : `${study.context}\n`);
}
