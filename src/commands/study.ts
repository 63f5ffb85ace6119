import { findStudies } from '../studies/study-folder.ts';
import type { Session } from '../model/model.ts';
import { switchStudyOf } from '../library/change.ts';
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
    clear: flag('Go on without a study'),
    list: flag("List the studies below the session's root"),
  },
  examples: [['session study nightly wing', 'the next turn knows this one']],
  async run(args, invocation) {
    const wantsSwitch = args.study !== undefined || args.clear === true;
    if ([args.study !== undefined, args.clear === true, args.list === true].filter(Boolean).length > 1)
      throw new SessionError('USAGE', 'A study, --clear and --list exclude each other.');
    if (wantsSwitch) {
      const { before, after } = await switchStudyOf(invocation, args.session, args.study ?? null);
      invocation.notice(`${after.id}: ${before.study ?? 'no study'} → ${after.study ?? 'no study'}`);
      return await printSession(invocation, after);
    }
    const session = await invocation.select(args.session, 'read');
    return await (args.list === true ? printStudies : printStudy)(session, invocation);
  },
});

async function printStudies({ root, study }: Session, { printer }: Invocation): Promise<void> {
  const studies = findStudies(root).map((name) => ({ name, is_selected: name === study }));
  const lines = studies.map((each) => `${each.is_selected ? '*' : ' '} ${escapeLine(each.name)}\n`);
  await printer.records(studies, lines);
}

async function printStudy({ root, study }: Session, { printer }: Invocation): Promise<void> {
  const { readStudy } = await import('../studies/study.ts');
  const { renderStudy } = await import('../studies/study-render.ts');
  const context = study === null ? null : renderStudy(await readStudy(root, study));
  await printer.record({ name: study, context }, context === null ? '' : `${context}\n`);
}
