/** Parses the command line with yargs. */
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

/** A verb: its positionals, a short description, and the file with its code. */
export type Verb = [usage: string, describe: string, load: () => Promise<{ command: AnyCommand }>];

/** All verbs, by their group in the help. */
export type Grammar = Readonly<Record<string, readonly Verb[]>>;

const COMMON_OPTIONS = {
  output: {
    alias: 'o',
    choices: [...FORMATS, 'stream-json'],
    describe: 'Format of stdout',
    requiresArg: true,
  },
  json: { type: 'boolean', describe: 'Same as --output json' },
  ndjson: { type: 'boolean', describe: 'Same as --output ndjson' },
  color: { choices: COLOURS, describe: 'Whether to use colours (default: auto)', requiresArg: true },
  quiet: { alias: 'q', type: 'boolean', describe: 'Print only errors on stderr' },
} as const;

/** The global options, with those that the parser declares itself. */
export const ALL_OPTIONS = {
  ...COMMON_OPTIONS,
  help: { alias: 'h', type: 'boolean', describe: 'Show help' },
  version: { alias: 'V', type: 'boolean', describe: 'Show version number' },
} as const;

/** Marks words that are data, but that the parser would interpret. */
const DATA = '\u0000';
/** Words that the parser drops, or takes for its own command. */
const ACTED_ON = new Set(['-', 'help']);
/** Matches what could be an option. A line of a list or of a diff (`- fix it`, `--- a/file`) is not one. */
const OPTION = /^(?:-[A-Za-z]\S*|--[A-Za-z][\w-]*(?:=[^]*)?)$/;

/** Parses a command line. `help` is the text to print, and `run` runs the command, if any. Throws USAGE. */
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
  // Only the verb that was asked for is declared, because declaring all takes as long as parsing.
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
  // There is no help for an unknown verb.
  const isUnknown = asked.length === 0 && argv[0] !== 'help' && argv[0]?.startsWith('-') === false;
  // With a callback, yargs passes its output instead of printing it.
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

/** Marks words after `--`, and words that begin with a dash but are not an option, as data. */
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

/** yargs renders the help for each command it parses, in case of a failure. We never print that, so it is disabled. */
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

/** Groups the verbs in the main help, which yargs lists below one heading. Other help texts are not changed. */
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

/** Removes the marks from words that are data, and parses the values of options. Throws USAGE. */
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

/** Throws USAGE for an empty word, such as that of an unset variable, which would mean the current directory. */
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
