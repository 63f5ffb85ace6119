import { createReadStream, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { hasTranscript } from '../agent/transcript.ts';
import { isName } from '../core/names.ts';
import { chooseRedaction } from '../core/redact.ts';
import { SessionError, systemCode } from '../errors.ts';
import type { ImportRecord } from '../output/records.ts';
import { startSpinner } from '../output/spinner.ts';
import { importStream } from '../transfer/import.ts';
import { Intake } from '../transfer/intake.ts';
import type { IntakeRules } from '../transfer/intake.ts';
import { defineCommand } from './define.ts';
import type { Invocation } from './invocation.ts';

const TOLD_LINES = 5;

export const command = defineCommand({
  positionals: {
    file: {
      type: 'string',
      array: true,
      demandOption: true,
      describe: 'Our exports or transcripts of claude; - for stdin',
    },
  },
  options: {},
  examples: [
    ['session import backup.jsonl', 'what is here already is left as it is'],
    ['session import ~/.claude/projects/*/*.jsonl', 'conversations that claude had without us'],
  ],
  async run(args, invocation) {
    const files = args.file;
    for (const file of files) if (file !== '-') requireFile(resolve(invocation.io.cwd, file), file);
    const rules = await chooseRules(invocation);
    const reports: ImportRecord[] = [];
    for (const file of files) reports.push(await importFile(file, rules, invocation));
    if (invocation.format === 'text') {
      const ids = new Set(reports.flatMap(({ session_ids }) => session_ids));
      await invocation.writer.write([...ids].map((id) => `${id}\n`).join(''));
    } else {
      const { renderRecords } = await import('../output/list.ts');
      await renderRecords(reports, invocation.format, invocation.writer);
    }
    return reports.some(({ bad_lines }) => bad_lines > 0) ? 1 : 0;
  },
});

async function importFile(file: string, rules: IntakeRules, invocation: Invocation): Promise<ImportRecord> {
  const intake = new Intake(await invocation.store('write'), rules);
  const { tally } = intake;
  const spinner = startSpinner(`importing ${file}`, invocation);
  const tick = setInterval(
    () => spinner.say(`importing ${file}: ${tally.turns + tally.knownTurns} turns`),
    500,
  );
  let told = 0;
  const stream = file === '-' ? invocation.io.stdin : createReadStream(resolve(invocation.io.cwd, file));
  try {
    const { format, badLines } = await importStream(stream, intake, (line, why) => {
      if (told++ < TOLD_LINES) invocation.notice(`${file}, line ${line}: ${why}`);
    });
    if (format === null && badLines > 0)
      throw new SessionError('USAGE', `${file} is neither an export of session nor a transcript of claude.`);
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
  } finally {
    clearInterval(tick);
    spinner.stop();
  }
}

async function chooseRules(invocation: Invocation): Promise<IntakeRules> {
  const { io, paths } = invocation;
  const settings = await invocation.settings(io.cwd);
  const redaction = chooseRedaction(settings);
  const { createRedactor } = await import('../core/redact.ts');
  return {
    masking: redaction && createRedactor(redaction),
    admit(session) {
      const { agent, agentSessionId, root } = session;
      const isThere =
        agentSessionId !== null &&
        hasTranscript(agent, agentSessionId, root, { env: io.env, mockFolder: paths.mock });
      if (session.mode === 'power' && !settings.allowPower)
        invocation.notice(`session ${session.id} is imported in user mode: power mode is forbidden here`);
      const isNamed = session.name === null || isName(session.name);
      if (!isNamed)
        invocation.notice(`session ${session.id} is imported without its name, which can't be one`);
      return {
        ...session,
        name: isNamed ? session.name : null,
        agentSessionId: isThere ? agentSessionId : null,
        mode: settings.allowPower ? session.mode : 'user',
      };
    },
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
