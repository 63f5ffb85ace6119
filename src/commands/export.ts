import { resolve } from 'node:path';
import type { Session } from '../model/model.ts';
import { SessionError } from '../errors.ts';
import { writeFile } from '../output/out-file.ts';
import type { Printer } from '../output/printer.ts';
import type { Store } from '../store/store.ts';
import { openSession } from '../transfer/source.ts';
import type { Masking, OutgoingSession } from '../transfer/source.ts';
import { defineCommand } from './define.ts';
import type { Invocation } from './invocation.ts';
import { OPTIONAL_SESSIONS, flag, text } from './options.ts';

const FORMATS = ['jsonl', 'markdown', 'html'] as const;
const PAGE = 50;

export const command = defineCommand({
  positionals: OPTIONAL_SESSIONS,
  options: {
    all: flag('Every session that is not in the trash'),
    format: {
      choices: FORMATS,
      default: 'jsonl',
      describe: 'jsonl: all of it, for import; the others to read',
    },
    file: text('Write to a file instead of stdout', { alias: 'f', completes: 'files' }),
    redact: flag('Mask secrets, whatever the settings say'),
  },
  examples: [
    ['session export --all --file backup.jsonl', 'all sessions, to be imported elsewhere'],
    ['session export nightly --format html --file nightly.html', 'a page to send to somebody'],
  ],
  async run(args, invocation) {
    const { printer } = invocation;
    const selectors = args.session ?? [];
    if ((selectors.length === 0) === (args.all !== true))
      throw new SessionError('USAGE', 'Name sessions, or give --all.');
    if (args.format !== 'jsonl' && printer.format !== 'text')
      throw new SessionError('USAGE', `--format ${args.format} is text to read, and no ${printer.format}.`, {
        hint: 'Leave one of the two out.',
      });
    const store = await invocation.store('read');
    const chosen: Session[] = [];
    for (const selector of selectors) chosen.push(await invocation.select(selector, 'read'));
    const masking = await chooseMasking(args.redact ?? false, invocation);
    const running = new Set((await store.turns.open()).map(({ sessionId }) => sessionId));
    let count = 0;
    async function* outgoing(): AsyncGenerator<OutgoingSession> {
      for await (const session of args.all === true ? everySession(store) : chosen) {
        count++;
        if (running.has(session.id)) invocation.notice(`session ${session.id}: what is running is left out`);
        yield await openSession(store, session, masking);
      }
    }
    const title = chosen.length === 1 ? (chosen[0]!.name ?? `Session ${chosen[0]!.id}`) : 'Sessions';
    if (args.file === undefined) return await print(outgoing(), args.format, title, printer);
    await writeFile(resolve(invocation.io.cwd, args.file), (writer) =>
      print(outgoing(), args.format, title, printer.onto(writer)),
    );
    invocation.notice(`${count} ${count === 1 ? 'session' : 'sessions'} exported to ${args.file}`);
    return undefined;
  },
});

/** Masks where the settings or the user want it. */
async function chooseMasking(isAsked: boolean, invocation: Invocation): Promise<Masking | undefined> {
  const { redact } = await invocation.settings(invocation.io.cwd);
  if (!isAsked && !redact.enabled) return undefined;
  const { createRedactor } = await import('../turns/redact.ts');
  return createRedactor({ patterns: redact.patterns ?? null });
}

async function* everySession(store: Store): AsyncGenerator<Session> {
  for (let after = ''; ;) {
    const page = await store.transfer.pageSessions(after, PAGE);
    yield* page.filter(({ trashedAt }) => trashedAt === null);
    if (page.length < PAGE) return;
    after = page.at(-1)!.id;
  }
}

async function print(
  sessions: AsyncIterable<OutgoingSession>,
  format: string,
  title: string,
  printer: Printer,
): Promise<void> {
  if (format === 'jsonl') {
    const { exportJsonl } = await import('../transfer/export-jsonl.ts');
    return await printer.lines(exportJsonl(sessions));
  }
  if (format === 'markdown') {
    const { exportMarkdown } = await import('../transfer/export-markdown.ts');
    return await printer.text(exportMarkdown(sessions));
  }
  const { exportHtml } = await import('../transfer/export-html.ts');
  return await printer.text(exportHtml(sessions, title));
}
