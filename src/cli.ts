import type { Argv, Options, PositionalOptions } from 'yargs';
import type { Command } from './commands/define.ts';
import { Invocation } from './commands/invocation.ts';
import { SessionError } from './errors.ts';
import type { Io } from './io.ts';
import { FORMATS } from './output/format.ts';
import { usageError } from './usage.ts';
import { VERSION } from './version.ts';

type AnyCommand = Pick<Command, 'positionals' | 'options' | 'examples'> & {
  run(args: never, invocation: Invocation): Promise<number | void>;
};
type Load = () => Promise<{ command: AnyCommand }>;

/** The grammar: every verb, what it takes by position, and where its body is. */
export const VERBS: [usage: string, describe: string, load: Load][] = [
  ['new', 'Create a session and print its id', () => import('./commands/new.ts')],
  ['send <session> [message..]', 'Send a message and stream the answer', () => import('./commands/send.ts')],
  ['mode <session> [mode]', 'Show or switch the mode of a session', () => import('./commands/mode.ts')],
  ['history <session>', 'Print the messages of a session', () => import('./commands/history.ts')],
  ['list', 'List sessions', () => import('./commands/list.ts')],
  ['show <session>', 'Show everything about a session', () => import('./commands/show.ts')],
  ['study <session> [study]', 'Show or switch the study of a session', () => import('./commands/study.ts')],
  ['wait <session>', 'Wait for a running turn; exits as the turn does', () => import('./commands/wait.ts')],
  ['watch <session>', 'Follow a running turn from another process', () => import('./commands/watch.ts')],
  ['cancel <session>', 'Stop the running turn and those waiting', () => import('./commands/cancel.ts')],
  [
    'stop [session]',
    'End the warm agent and running turns of a session, or of all',
    () => import('./commands/stop.ts'),
  ],
  ['set <session>', 'Show or change what a session has', () => import('./commands/set.ts')],
  ['rm <session..>', 'Move sessions to the trash, or delete them', () => import('./commands/rm.ts')],
  ['restore <session>', 'Bring a session back from the trash', () => import('./commands/restore.ts')],
  ['search [query..]', 'Find messages by their words', () => import('./commands/search.ts')],
  ['stats', 'Add up tokens, cost and turns', () => import('./commands/stats.ts')],
  ['fork <session>', 'Make a session with the history of another', () => import('./commands/fork.ts')],
  ['export [session..]', 'Write sessions out, to keep or to read', () => import('./commands/export.ts')],
  ['import <file..>', 'Take in sessions of ours or of claude', () => import('./commands/import.ts')],
  ['gc', 'Put old sessions into the trash, and empty it', () => import('./commands/gc.ts')],
  ['mcp', 'Serve history and studies over MCP on stdio (read-only)', () => import('./commands/mcp.ts')],
  ['doctor', 'Check whether all that sessions need is in order', () => import('./commands/doctor.ts')],
  [
    'store <action> [file]',
    'Show how the store is and where, or make a backup of it',
    () => import('./commands/store.ts'),
  ],
  ['config <action> [key] [value..]', 'Show and change settings', () => import('./commands/config.ts')],
  [
    'trust [directory]',
    'Let the programs and settings of a checkout count',
    () => import('./commands/trust.ts'),
  ],
  [
    'completion <action> [shell]',
    'Install the completions of a shell, or print them',
    () => import('./commands/completion.ts'),
  ],
  ['schema', 'Print the JSON Schema of every record', () => import('./commands/schema.ts')],
];

const USAGES = VERBS.map(([usage]) => usage);

/** Programs of our own that other programs start; they speak a protocol on stdio and take no options of ours. */
const PROGRAMS: Record<string, () => Promise<{ start(argv: string[], io: Io): Promise<number> }>> = {
  __complete: async () => {
    const { answerShell } = await import('./commands/completion-protocol.ts');
    return { start: (words, io) => answerShell(words, { verbs: VERBS, globals: ALL_OPTIONS }, io) };
  },
  'mock-agent': () => import('./agents/mock/start.ts'),
  mcp: () => import('./commands/mcp.ts'),
  'warm-host': async () => ({ start: (await import('./warm-host.ts')).warmHostProgram }),
  'run-turn': async () => ({ start: (await import('./programs.ts')).runTurnProgram }),
};

const GLOBAL_OPTIONS = {
  output: { alias: 'o', choices: [...FORMATS, 'stream-json'], describe: 'Form of stdout', requiresArg: true },
  json: { type: 'boolean', describe: 'Same as --output json' },
  ndjson: { type: 'boolean', describe: 'Same as --output ndjson' },
  quiet: { alias: 'q', type: 'boolean', describe: 'Nothing on stderr but errors' },
} as const;

/** With those that the parser declares by itself. */
const ALL_OPTIONS = {
  ...GLOBAL_OPTIONS,
  help: { alias: 'h', type: 'boolean', describe: 'Show help' },
  version: { alias: 'V', type: 'boolean', describe: 'Show version number' },
} as const;

/** Marks words that the parser would act on and that are data. */
const DATA = '\u0000';
/** It drops the one, and takes the other for its own. */
const ACTED_ON = new Set(['-', 'help']);
/** What could be an option. A line of a list or of a diff (`- fix it`, `--- a/file`) could not. */
const OPTION = /^(?:-[A-Za-z]\S*|--[A-Za-z][\w-]*(?:=[^]*)?)$/;

/** Runs one command line. Resolves to the exit status; never rejects. */
export async function run(argv: string[], io: Io): Promise<number> {
  if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
    io.stdout.write(`${VERSION}\n`);
    return 0;
  }
  const program = argv[0] === 'mcp' && argv.length > 1 ? undefined : PROGRAMS[argv[0] ?? ''];
  if (program !== undefined) return (await program()).start(argv.slice(1), io);

  const invocation = new Invocation(io);
  try {
    const status = await parseAndRun(argv, invocation);
    await invocation.close();
    return status;
  } catch (thrown) {
    // Some of what the parser refuses, it throws.
    const isRefusal = thrown instanceof Error && thrown.name === 'YError';
    const error = isRefusal ? usageError(thrown.message, argv, USAGES) : thrown;
    const { renderError } = await import('./output/errors.ts');
    await invocation.settings(invocation.io.cwd).catch(() => {});
    const status = await renderError(error, invocation);
    await invocation.close().catch(() => {});
    return status;
  }
}

async function parseAndRun(argv: string[], invocation: Invocation): Promise<number> {
  invocation.prepare(argv);
  const { default: yargs } = await import('yargs');
  let chosen: { args: Record<string, unknown>; load: Load } | undefined;
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
    .options(GLOBAL_OPTIONS)
    .version(VERSION)
    .alias({ h: 'help', V: 'version' })
    .strict()
    .demandCommand(1, 'No command given.')
    .recommendCommands()
    .wrap(Math.min(invocation.writer.columns || 100, 110))
    .epilogue('Run "session <command> --help" for the options of a command.')
    .fail((message, error) => {
      throw message === null ? error : usageError(message, argv, USAGES);
    });
  for (const [usage, describe, load] of findVerbs(argv))
    parser.command({
      command: usage,
      describe,
      builder: async (verb) => declare(verb as Argv, (await load()).command),
      handler: (args) => {
        chosen = { args, load };
      },
    });
  withoutCachedHelp(parser);
  // Given a callback, yargs hands over what it would have printed.
  let printed = '';
  await parser.parseAsync(markData(argv), {}, (_error, _args, output) => {
    printed = output;
  });
  if (printed !== '') await invocation.writer.write(`${printed}\n`);
  if (chosen === undefined) return 0;
  const { command } = await chosen.load();
  return (await command.run(tidy(chosen.args, command) as never, invocation)) ?? 0;
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

/** The verb that the first word names, since to declare all others takes as long as to parse; all when it names none. */
function findVerbs([word]: string[]): typeof VERBS {
  const asked = VERBS.filter(([usage]) => usage.split(' ')[0] === word);
  return asked.length > 0 ? asked : VERBS;
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
  return yargs.options(command.options);
}

/** Undoes what the parser does to words that are data, and refuses options given twice. */
function tidy(args: Record<string, unknown>, command: AnyCommand): Record<string, unknown> {
  const restore = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.map(restore)
      : typeof value === 'string' && value.startsWith(DATA)
        ? value.slice(DATA.length)
        : value;
  const tidied = Object.fromEntries(Object.entries(args).map(([name, value]) => [name, restore(value)]));
  for (const [name, option] of Object.entries<Options>({ ...GLOBAL_OPTIONS, ...(command.options as object) }))
    if (option.array !== true && Array.isArray(tidied[name]))
      throw new SessionError('USAGE', `--${name} was given more than once.`);
  return tidied;
}
