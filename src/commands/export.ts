import { resolve } from 'node:path';
import type { Session } from '../model/model.ts';
import { SessionError } from '../errors.ts';
import { writeFile } from '../output/out-file.ts';
import type { Writer } from '../output/writer.ts';
import type { Store } from '../store/store.ts';
import { openSession } from '../transfer/source.ts';
import type { Masking, OutgoingSession } from '../transfer/source.ts';
import { defineCommand } from './define.ts';
import type { Invocation } from './invocation.ts';

const FORMATS = ['jsonl', 'markdown', 'html'] as const;
const PAGE = 50;

export const command = defineCommand({
  positionals: {
    session: {
      type: 'string',
      array: true,
      completes: 'sessions',
      describe: 'Ids, prefixes of 4 or more, names, or @last',
    },
  },
  options: {
    all: { type: 'boolean', describe: 'Every session that is not in the trash' },
    format: {
      choices: FORMATS,
      default: 'jsonl',
      describe: 'jsonl: all of it, for import; the others to read',
    },
    out: {
      type: 'string',
      requiresArg: true,
      completes: 'files',
      describe: 'Write to a file instead of stdout',
    },
    redact: { type: 'boolean', describe: 'Mask secrets, whatever the settings say' },
  },
  examples: [
    ['session export --all --out backup.jsonl', 'all sessions, to be imported elsewhere'],
    ['session export nightly --format html --out nightly.html', 'a page to send to somebody'],
  ],
  async run(args, invocation) {
    const selectors = args.session ?? [];
    if ((selectors.length === 0) === (args.all !== true))
      throw new SessionError('USAGE', 'Name sessions, or give --all.');
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
    if (args.out === undefined) {
      if (invocation.format === 'json' && args.format === 'jsonl')
        await writeArray(outgoing(), invocation.writer);
      else {
        if (args.format === 'jsonl') invocation.writer.form = 'ndjson';
        await write(outgoing(), args.format, title, invocation.writer);
      }
      return;
    }
    await writeFile(resolve(invocation.io.cwd, args.out), (writer) =>
      write(outgoing(), args.format, title, writer),
    );
    invocation.notice(`${count} ${count === 1 ? 'session' : 'sessions'} exported to ${args.out}`);
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

/** One document, for who asked for JSON: an array of what would be lines. */
async function writeArray(sessions: AsyncIterable<OutgoingSession>, writer: Writer): Promise<void> {
  const { exportJsonl } = await import('../transfer/export-jsonl.ts');
  const { renderRecords } = await import('../output/list.ts');
  async function* records(): AsyncGenerator<object> {
    for await (const line of exportJsonl(sessions)) yield JSON.parse(line) as object;
  }
  await renderRecords(records(), 'json', writer);
}

async function write(
  sessions: AsyncIterable<OutgoingSession>,
  format: string,
  title: string,
  writer: Writer,
): Promise<void> {
  if (format === 'markdown') {
    const { exportMarkdown } = await import('../transfer/export-markdown.ts');
    await exportMarkdown(sessions, writer);
    return;
  }
  const pieces =
    format === 'html'
      ? (await import('../transfer/export-html.ts')).exportHtml(sessions, title)
      : (await import('../transfer/export-jsonl.ts')).exportJsonl(sessions);
  for await (const piece of pieces) await writer.write(piece);
}
