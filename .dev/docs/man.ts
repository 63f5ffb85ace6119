import type { Options, PositionalOptions } from 'yargs';
import { VERBS } from '../../src/cli.ts';
import type { OptionTable } from '../../src/commands/define.ts';
import { ALL_OPTIONS } from '../../src/parser.ts';
import type { AnyCommand, Verb } from '../../src/parser.ts';
import { variableName } from '../../src/settings/environment.ts';
import { KEYS } from '../../src/settings/keys.ts';
import type { KeySpec } from '../../src/settings/kinds.ts';
import {
  bold,
  escape,
  italic,
  item,
  paragraph,
  prose,
  section,
  subsection,
  title,
  verbatim,
} from './roff.ts';
import { exitStatusRows } from './tables.ts';

const VARIABLES = {
  CLAUDE_SESSION_HOME: 'The directory of all files that `session` keeps',
  CLAUDE_SESSION_DEBUG: '`1` prints a stack trace for an internal error',
  'NO_COLOR, FORCE_COLOR': 'Switch colours off, or on',
  'CI, TERM=dumb': 'Switch the spinner off',
};

/** All except the last are in the directory `CLAUDE_SESSION_HOME`. */
const FILES = {
  'config.json': 'Your settings',
  'sessions.sqlite': 'The store',
  'run/': 'Log, system prompt and MCP configuration of running turns',
  'cache/': 'Compiled code, for a faster start; may be deleted',
  '<root>/.session.json': 'Settings of a project',
};

/** The manual page of `session`, in roff. */
export async function renderMan(version: string): Promise<string> {
  const commands = await Promise.all(VERBS.map(describeVerb));
  const variables = Object.values<KeySpec>(KEYS).flatMap((spec) => {
    const name = variableName(spec);
    return name === undefined ? [] : [item(bold(name), prose(`${spec.about}.`.replace('..', '.')))];
  });
  return `${[
    title('session', `claude-session ${version}`),
    section('NAME', escape('session - persistent Claude Code conversations for scripts, CI and cron')),
    section('SYNOPSIS', `${bold('session')} ${italic('command')} [${italic('argument')} ...]`),
    section(
      'DESCRIPTION',
      prose(
        'A session is a conversation with Claude Code that is kept: later commands, other processes and cron jobs go on with it. ' +
          'The answer is on stdout, as text, JSON or NDJSON; everything else is on stderr.',
      ),
    ),
    section('COMMANDS', ...commands),
    section('COMMON OPTIONS', 'Every command takes these.', ...describeOptions(ALL_OPTIONS)),
    section('EXIT STATUS', ...exitStatusRows().map(describeExitStatus)),
    section('ENVIRONMENT', ...describeTable(VARIABLES), ...variables),
    section(
      'FILES',
      prose(
        'Files are in the directory that `CLAUDE_SESSION_HOME` names; without it, in `~/.config/claude-session` on Linux ' +
          'and `~/Library/Preferences/claude-session` on macOS.',
      ),
      ...describeTable(FILES),
    ),
    section('SEE ALSO', prose('`claude`(1); `session schema` prints the JSON Schema of every record.')),
  ].join('\n')}\n`;
}

async function describeVerb([usage, describe, load]: Verb): Promise<string> {
  const { command } = await load();
  return subsection(
    escape(`session ${usage}`),
    prose(`${describe}.`),
    ...Object.entries<PositionalOptions>(command.positionals).map(([name, { describe: about, choices }]) =>
      item([italic(name), ...(choices ? [listChoices(choices)] : [])].join(' '), prose(`${about}.`)),
    ),
    ...describeOptions(command.options as OptionTable),
    ...describeExamples(command),
  );
}

function describeExamples({ examples = [] }: AnyCommand): string[] {
  return examples.flatMap(([example, what]) => [paragraph(prose(`Example, ${what}:`)), verbatim(example)]);
}

function describeOptions(options: Readonly<Record<string, Options & OptionTable[string]>>): string[] {
  return Object.entries(options).map(([name, option]) => {
    const names = [...(option.alias === undefined ? [] : [`-${String(option.alias)}`]), `--${name}`];
    const value = option.type === 'boolean' ? [] : [nameValue(option)];
    return item([names.map(bold).join(', '), ...value].join(' '), prose(`${option.describe}.`));
  });
}

/** The placeholder for the value of an option. */
function nameValue({ choices, completes }: OptionTable[string]): string {
  if (choices !== undefined) return listChoices(choices);
  return italic(typeof completes === 'string' ? completes.replace(/ies$/, 'y').replace(/s$/, '') : 'value');
}

const listChoices = (choices: readonly unknown[]): string =>
  choices.map((each) => bold(String(each))).join('|');

function describeExitStatus([status, meaning, codes]: ReturnType<typeof exitStatusRows>[number]): string {
  return item(bold(status), prose(codes === '' ? `${meaning}.` : `${meaning} (${codes}).`));
}

function describeTable(table: Record<string, string>): string[] {
  return Object.entries(table).map(([name, about]) => item(bold(name), prose(`${about}.`)));
}
