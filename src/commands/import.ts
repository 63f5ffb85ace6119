import { importSources } from '../library/import.ts';
import { startSpinner } from '../output/spinner.ts';
import { defineCommand } from './define.ts';
import { flag } from './options.ts';

export const command = defineCommand({
  positionals: {
    file: {
      type: 'string',
      completes: 'files',
      array: true,
      demandOption: true,
      describe: 'Our exports or transcripts of claude; - for stdin',
    },
  },
  options: {
    merge: flag('Add turns to a session that an export brought, or that is here already'),
    trust: flag('Keep mode, MCP files, pins, --warm and directories as the file has them'),
  },
  examples: [
    ['session import backup.jsonl', 'what is here already is left as it is'],
    ['session import ~/.claude/projects/*/*.jsonl', 'conversations that claude had without us'],
  ],
  async run(args, invocation) {
    const sources = args.file.map((file) =>
      file === '-' ? { name: file, content: invocation.io.stdin } : file,
    );
    const spinner = startSpinner('importing', invocation);
    const reports = await importSources(invocation, sources, args, {
      onSource: (name) => spinner.say(`importing ${name}`),
    }).finally(() => spinner.stop());
    const ids = new Set(reports.flatMap(({ session_ids }) => session_ids));
    await invocation.printer.records(
      reports,
      [...ids].map((id) => `${id}\n`),
    );
    return reports.some(({ bad_lines, left_turns }) => bad_lines > 0 || left_turns > 0) ? 1 : 0;
  },
});
