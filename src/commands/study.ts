import { findStudies } from '../studies/study-folder.ts';
import type { Session } from '../model/model.ts';
import { switchStudy } from '../sessions/study.ts';
import { SessionError } from '../errors.ts';
import { escapeLine } from '../text/safe-text.ts';
import { defineCommand } from './define.ts';
import type { Invocation } from './invocation.ts';
import { SESSION_POSITIONAL } from './options.ts';
import { printSession } from './session-output.ts';

export const command = defineCommand({
  positionals: {
    ...SESSION_POSITIONAL,
    study: { type: 'string', completes: 'studies', describe: 'The study to switch to' },
  },
  options: {
    clear: { type: 'boolean', describe: 'Go on without a study' },
    list: { type: 'boolean', describe: "List the studies below the session's root" },
  },
  examples: [['session study nightly wing', 'the next turn knows this one']],
  async run(args, invocation) {
    const wantsSwitch = args.study !== undefined || args.clear === true;
    if ([args.study !== undefined, args.clear === true, args.list === true].filter(Boolean).length > 1)
      throw new SessionError('USAGE', 'A study, --clear and --list exclude each other.');
    const session = await invocation.select(args.session, wantsSwitch ? 'write' : 'read');
    if (args.list === true) return await printStudies(session, invocation);
    if (!wantsSwitch) return await printStudy(session, invocation);
    const services = await invocation.services(session.root);
    const study = args.study ?? null;
    await switchStudy(services, session, study);
    invocation.notice(`${session.id}: ${session.study ?? 'no study'} → ${study ?? 'no study'}`);
    if (invocation.format !== 'text') await printSession(invocation, { ...session, study });
    return undefined;
  },
});

async function printStudies({ root, study }: Session, { format, writer }: Invocation): Promise<void> {
  const names = findStudies(root);
  if (format === 'text') {
    for (const name of names) await writer.write(`${name === study ? '*' : ' '} ${escapeLine(name)}\n`);
    return;
  }
  const { renderRecords } = await import('../output/list.ts');
  await renderRecords(
    names.map((name) => ({ name, is_selected: name === study })),
    format,
    writer,
  );
}

async function printStudy({ root, study }: Session, { format, writer }: Invocation): Promise<void> {
  const { readStudy } = await import('../studies/study.ts');
  const { renderStudy } = await import('../studies/study-render.ts');
  const text = study === null ? null : renderStudy(await readStudy(root, study));
  if (format !== 'text') await writer.write(`${JSON.stringify({ name: study, context: text })}\n`);
  else if (text !== null) await writer.write(`${text}\n`);
}
