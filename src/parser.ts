/** The command line as yargs reads it, and what has to be done before and after. */
import type { Argv, PositionalOptions } from 'yargs';
import type { Command, OptionTable } from './commands/define.ts';
import type { Invocation } from './commands/invocation.ts';
import { SessionError } from './errors.ts';
import { COLOURS } from './output/colour.ts';
import { FORMATS, findFormat } from './output/format.ts';
import { usageError } from './usage.ts';
import { VERSION } from './version.ts';

export type AnyCommand = Pick<Command, 'positionals' | 'options' | 'examples'> & {
  run(args: never, invocation: Invocation): Promise<number | void>;
};

/** A verb with what it takes by position, what it does in a few words, and where its body is. */
export type Verb = [usage: string, describe: string, load: () => Promise<{ command: AnyCommand }>];

/** All verbs, by what the help groups them under. */
export type Grammar = Readonly<Record<string, readonly Verb[]>>;

const COMMON_OPTIONS = {
  output: { alias: 'o', choices: [...FORMATS, 'stream-json'], describe: 'Form of stdout', requiresArg: true },
  json: { type: 'boolean', describe: 'Same as --output json' },
  ndjson: { type: 'boolean', describe: 'Same as --output ndjson' },
  color: { choices: COLOURS, describe: 'Whether to colour (default: auto)', requiresArg: true },
  quiet: { alias: 'q', type: 'boolean', describe: 'Nothing on stderr but errors' },
} as const;

/** With those that the parser declares by itself. */
export const ALL_OPTIONS = {
  ...COMMON_OPTIONS,
  help: { alias: 'h', type: 'boolean', describe: 'Show help' },
  version: { alias: 'V', type: 'boolean', describe: 'Show version number' },
} as const;

/** Marks words that the parser would act on and that are data. */
const DATA = '\u0000';
/** It drops the one, and takes the other for its own. */
const ACTED_ON = new Set(['-', 'help']);
/** What could be an option. A line of a list or of a diff (`- fix it`, `--- a/file`) could not. */
const OPTION = /^(?:-[A-Za-z]\S*|--[A-Za-z][\w-]*(?:=[^]*)?)$/;

/** Reads a command line. `help` is what is to be printed, `run` does what was asked for, if anything. Throws USAGE. */
export async function parse(
  argv: string[],
  grammar: Grammar,
  invocation: Invocation,
): Promise<{ help: string; run?: () => Promise<number | void> }> {
  const { default: yargs } = await import('yargs');
  const all = Object.values(grammar).flat();
  const asked = all.filter(([usage]) => usage.split(' ')[0] === argv[0] && argv[0] !== 'help');
  let chosen: { args: Record<string, unknown>; load: Verb[2] } | undefined;
  const parser = yargs([], invocation.io.cwd)
    .scriptName('session')
    .locale('en')
    .detectLocale(false)
    .exitProcess(false)
    .parserConfiguration({
      'boolean-negation': false,
      'parse-positional-numbers': false,
      'parse-numbers': false,
    })
    .usage('$0 <command>\n\nPersistent Claude Code conversations for scripts, CI and cron.')
    .options(COMMON_OPTIONS)
    .group(Object.keys(ALL_OPTIONS), 'Common options:')
    .version(VERSION)
    .alias({ h: 'help', V: 'version' })
    .strict()
    .demandCommand(1, 'No command given.')
    .recommendCommands()
    .wrap(Math.min(invocation.printer.writer.columns || 100, 110))
    .epilogue('Run "session <command> --help" for the options of a command.')
    .fail((message, error) => {
      throw message === null
        ? error
        : usageError(
            message,
            argv,
            all.map(([usage]) => usage),
          );
    });
  // To declare the other verbs takes as long as to parse.
  for (const [usage, describe, load] of asked.length > 0 ? asked : all)
    parser.command({
      command: usage,
      describe,
      builder: async (verb) => declare(verb as Argv, (await load()).command),
      handler: (args) => {
        chosen = { args, load };
      },
    });
  withoutCachedHelp(parser);
  // Of an unknown verb there is no help.
  const isUnknown = asked.length === 0 && argv[0] !== 'help' && argv[0]?.startsWith('-') === false;
  // Given a callback, yargs hands over what it would have printed.
  let printed = '';
  await parser.parseAsync(isUnknown ? [argv[0]!] : markData(argv), {}, (_error, _args, output) => {
    printed = output;
  });
  const help = printed === '' ? '' : `${groupVerbs(printed, grammar)}\n`;
  if (chosen === undefined) return { help };
  const { args, load } = chosen;
  const { command } = await load();
  return { help, run: () => command.run(tidy(args, command) as never, invocation) };
}

/** The words as the parser takes them: what is behind `--`, or begins with a dash and is no option, is data. */
function markData(argv: readonly string[]): string[] {
  const end = argv.indexOf('--');
  return argv
    .map((word, index) => {
      const isData =
        ACTED_ON.has(word) || (word.startsWith('-') && (!OPTION.test(word) || (end !== -1 && index > end)));
      return index > 0 && isData && index !== end ? DATA + word : word;
    })
    .filter((_, index) => index !== end);
}

/** Each time a command is parsed, yargs renders its help in case that it fails; we never print it then. */
function withoutCachedHelp(parser: unknown): void {
  const internals = parser as {
    getInternalMethods(): { getUsageInstance(): { cacheHelpMessage(): void } };
  };
  internals.getInternalMethods().getUsageInstance().cacheHelpMessage = () => {};
}

function declare(yargs: Argv, command: AnyCommand): Argv {
  for (const [name, positional] of Object.entries<PositionalOptions>(command.positionals))
    yargs.positional(name, positional);
  for (const [example, what] of command.examples ?? []) yargs.example(example, what);
  return yargs.group(Object.keys(command.options), 'Options:').options(command.options);
}

/** The help of all verbs, which yargs lists below one heading, with ours. Other helps stay as they are. */
function groupVerbs(help: string, grammar: Grammar): string {
  const heading = /\n\nCommands:\n+/;
  if (!heading.test(help)) return help;
  return Object.entries(grammar)
    .reduce((text, [title, [first]]) => {
      const line = `\n  session ${first![0].split(' ')[0]} `;
      return text.replace(line, `\n\n${title}:${line}`);
    }, help)
    .replace(heading, '\n\n');
}

/** Undoes what the parser does to words that are data, and makes values of those of options. Throws USAGE. */
function tidy(args: Record<string, unknown>, command: AnyCommand): Record<string, unknown> {
  const restore = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.map(restore)
      : typeof value === 'string' && value.startsWith(DATA)
        ? value.slice(DATA.length)
        : value;
  const tidied = Object.fromEntries(Object.entries(args).map(([name, value]) => [name, restore(value)]));
  requireFilled(tidied, command);
  for (const [name, option] of Object.entries<OptionTable[string]>({
    ...COMMON_OPTIONS,
    ...(command.options as OptionTable),
  })) {
    const value = tidied[name];
    if (option.array !== true && Array.isArray(value))
      throw new SessionError('USAGE', `--${name} was given more than once.`);
    if (option.parse !== undefined && typeof value === 'string')
      tidied[name] = option.parse(`--${name}`, value);
  }
  requireOneForm(tidied);
  return tidied;
}

/** An empty word, such as that of a variable that is not set, would be taken for the current directory. Throws USAGE. */
function requireFilled(args: Record<string, unknown>, { positionals, options }: AnyCommand): void {
  for (const [name, { mayBeEmpty }] of Object.entries<OptionTable[string]>({
    ...(positionals as OptionTable),
    ...(options as OptionTable),
  })) {
    const isEmpty = [args[name]].flat().some((value) => typeof value === 'string' && value.trim() === '');
    if (isEmpty && mayBeEmpty !== true)
      throw new SessionError('USAGE', `${name in positionals ? name : `--${name}`} is empty.`, {
        hint: 'Give it a value, or leave it out. A shell variable that is not set gives an empty value.',
      });
  }
}

function requireOneForm({ output, json, ndjson }: Record<string, unknown>): void {
  const forms = new Set([
    ...(json === true ? ['json'] : []),
    ...(ndjson === true ? ['ndjson'] : []),
    ...(output === undefined ? [] : [findFormat(String(output))]),
  ]);
  if (forms.size > 1)
    throw new SessionError('USAGE', `The output can't be both ${[...forms].join(' and ')}.`, {
      hint: 'Give one of --output, --json and --ndjson.',
    });
}
