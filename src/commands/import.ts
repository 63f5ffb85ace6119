import { createReadStream, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { SessionError, systemCode } from '../errors.ts';
import type { ImportRecord } from '../model/records.ts';
import { startSpinner } from '../output/spinner.ts';
import { buildImportRules } from '../transfer/import-rules.ts';
import { importStream } from '../transfer/import.ts';
import type { ImportResult } from '../transfer/import.ts';
import { newTally } from '../transfer/incoming.ts';
import type { ImportRules, Tally } from '../transfer/incoming.ts';
import { defineCommand } from './define.ts';
import type { Invocation } from './invocation.ts';
import { flag } from './options.ts';

const TOLD_LINES = 5;

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
    trust: flag('Keep mode, MCP files, pins, warmth and directories as the file has them'),
  },
  examples: [
    ['session import backup.jsonl', 'what is here already is left as it is'],
    ['session import ~/.claude/projects/*/*.jsonl', 'conversations that claude had without us'],
  ],
  async run(args, invocation) {
    const files = args.file;
    for (const file of files) if (file !== '-') requireFile(resolve(invocation.io.cwd, file), file);
    const { io, paths } = invocation;
    const settings = await invocation.settings(io.cwd);
    const place = { settings, cwd: io.cwd, env: io.env, mockFolder: paths.mock };
    const { rules, tellDropped } = buildImportRules(args, place, (text) => invocation.notice(text));
    const runs: FileImport[] = [];
    try {
      for (const file of files) runs.push(await importFile(file, rules, invocation));
      // Sub-agents' files may come before the session's.
      for (const { left } of runs) await left?.end();
    } finally {
      for (const { left } of runs) left?.close();
    }
    tellDropped();
    const reports = runs.map((run) => tell(run, invocation));
    const ids = new Set(reports.flatMap(({ session_ids }) => session_ids));
    await invocation.printer.records(
      reports,
      [...ids].map((id) => `${id}\n`),
    );
    return reports.some(({ bad_lines }) => bad_lines > 0) ? 1 : 0;
  },
});

type FileImport = ImportResult & { file: string; tally: Tally };

async function importFile(file: string, rules: ImportRules, invocation: Invocation): Promise<FileImport> {
  const store = await invocation.store('write');
  const tally = newTally();
  const path = file === '-' ? undefined : resolve(invocation.io.cwd, file);
  const spinner = startSpinner(`importing ${file}`, invocation);
  let told = 0;
  try {
    const stream = path === undefined ? invocation.io.stdin : createReadStream(path);
    const onBadLine = (line: number, why: string, sideFile?: string): void => {
      if (told++ < TOLD_LINES) invocation.notice(`${sideFile ?? file}, line ${line}: ${why}`);
    };
    const result = await importStream(stream, path, { store, rules, tally, onBadLine });
    if (result.format === null && result.badLines > 0)
      throw new SessionError('USAGE', `${file} is neither an export of session nor a transcript of claude.`);
    return { ...result, file, tally };
  } finally {
    spinner.stop();
  }
}

function tell({ file, format, badLines, tally }: FileImport, invocation: Invocation): ImportRecord {
  const plural = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`;
  const bad = badLines === 0 ? '' : `; ${plural(badLines, 'line')} could not be used`;
  invocation.notice(
    `${file}: ${plural(tally.sessions, 'new session')}, ${plural(tally.turns, 'new turn')}, ${tally.knownTurns} known${bad}`,
  );
  return {
    source: file,
    format,
    sessions: tally.sessions,
    turns: tally.turns,
    known_turns: tally.knownTurns,
    bad_lines: badLines,
    session_ids: [...tally.ids],
  };
}

function requireFile(path: string, file: string): void {
  try {
    if (!statSync(path).isDirectory()) return;
  } catch (error) {
    throw new SessionError('USAGE', `${file} can't be read (${systemCode(error) ?? String(error)}).`, {
      cause: error,
    });
  }
  throw new SessionError('USAGE', `${file} is a directory.`, {
    hint: `Name the files in it: ${file}/*.jsonl`,
  });
}
