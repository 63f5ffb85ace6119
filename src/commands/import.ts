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
      describe: 'Exports of session, or transcripts of claude; - for stdin',
    },
  },
  options: {
    merge: flag('Add new turns to sessions that exist already'),
    trust: flag('Keep mode, MCP files, pins, --warm and directories as the file has them'),
  },
  examples: [
    ['session import backup.jsonl', 'sessions that exist already stay as they are'],
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
