import { resolve } from 'node:path';
import { SessionError } from '../errors.ts';
import { openExport } from '../library/export.ts';
import type { ExportFormat, OutgoingSession } from '../library/export.ts';
import type { Printer } from '../output/printer.ts';
import { Writer } from '../output/writer.ts';
import { writeUserFile } from '../system/user-file.ts';
import { EXPORT_FORMATS, renderExport } from '../transfer/export-text.ts';
import { defineCommand } from './define.ts';
import { OPTIONAL_SESSIONS, flag, text } from './options.ts';

export const command = defineCommand({
  positionals: OPTIONAL_SESSIONS,
  options: {
    all: flag('Every session that is not in the trash'),
    format: {
      choices: EXPORT_FORMATS,
      default: 'jsonl',
      describe: 'jsonl: complete, for import; the others: for reading',
    },
    file: text('Write to a file instead of stdout', { alias: 'f', completes: 'files' }),
    redact: flag('Mask secrets, also without the setting "redact"'),
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
      throw new SessionError('USAGE', `--format ${args.format} is text to read, not ${printer.format}.`, {
        hint: 'Leave one of the two out.',
      });
    const { title, outgoing } = await openExport(invocation, {
      sessions: args.all === true ? undefined : selectors,
      redact: args.redact,
    });
    let count = 0;
    async function* counted(): AsyncGenerator<OutgoingSession> {
      for await (const session of outgoing) {
        count++;
        yield session;
      }
    }
    if (args.file === undefined) return await print(counted(), args.format, title, printer);
    await writeUserFile(resolve(invocation.io.cwd, args.file), invocation.paths.home, async (file) => {
      const writer = new Writer(file);
      await print(counted(), args.format, title, printer.onto(writer));
      await writer.end();
    });
    invocation.notice(`${count} ${count === 1 ? 'session' : 'sessions'} exported to ${args.file}`);
    return undefined;
  },
});

async function print(
  sessions: AsyncIterable<OutgoingSession>,
  format: ExportFormat,
  title: string,
  printer: Printer,
): Promise<void> {
  if (format !== 'jsonl') return await printer.text(renderExport(format, title, sessions));
  const { exportJsonl } = await import('../transfer/export-jsonl.ts');
  return await printer.lines(exportJsonl(sessions));
}
