import { Invocation } from './commands/invocation.ts';
import { EXIT_STATUS } from './errors.ts';
import type { Io } from './io.ts';
import { ALL_OPTIONS, parse } from './parser.ts';
import type { AnyCommand, Grammar, Verb } from './parser.ts';
import { usageError } from './usage.ts';
import { VERSION } from './version.ts';

const HELP: AnyCommand = {
  positionals: {
    command: { type: 'string', completes: () => VERBS.map(nameOf), describe: 'The command to explain' },
  },
  options: {},
  run: ({ command }: { command?: string }, invocation) =>
    parseAndRun(command === undefined ? ['--help'] : [command, '--help'], invocation),
};

/** The grammar: every verb, its positionals, and the file with its code. */
const GROUPS: Grammar = {
  Basics: [
    ['new', 'Create a session and print its id', () => import('./commands/new.ts')],
    [
      'send <session> [message..]',
      'Send a message and stream the answer',
      () => import('./commands/send.ts'),
    ],
    ['mode <session> [mode]', 'Show or switch the mode of a session', () => import('./commands/mode.ts')],
    ['history <session>', 'Print the messages of a session', () => import('./commands/history.ts')],
    ['gc', 'Move old sessions to the trash, and delete the oldest there', () => import('./commands/gc.ts')],
  ],
  Turns: [
    [
      'wait <session>',
      'Wait for a running turn, and exit with its status',
      () => import('./commands/wait.ts'),
    ],
    ['watch <session>', 'Follow a running turn from another process', () => import('./commands/watch.ts')],
    ['cancel <session>', 'Stop the running turn and the waiting ones', () => import('./commands/cancel.ts')],
    [
      'approvals [session]',
      'List tool calls that wait for an answer',
      () => import('./commands/approvals.ts'),
    ],
    ['approve <approval>', 'Allow a waiting tool call', () => import('./commands/approve.ts')],
    ['deny <approval>', 'Deny a waiting tool call', () => import('./commands/deny.ts')],
    [
      'stop [session]',
      'End the warm agent and running turns of a session, or of all',
      () => import('./commands/stop.ts'),
    ],
  ],
  Sessions: [
    ['list', 'List sessions', () => import('./commands/list.ts')],
    ['show <session>', 'Show everything about a session', () => import('./commands/show.ts')],
    ['set <session>', 'Show or change the properties of a session', () => import('./commands/set.ts')],
    ['study <session> [study]', 'Show or switch the study of a session', () => import('./commands/study.ts')],
    ['fork <session>', 'Copy a session, with its history', () => import('./commands/fork.ts')],
    ['rm <session..>', 'Move sessions to the trash, or delete them', () => import('./commands/rm.ts')],
    ['restore <session>', 'Restore a session from the trash', () => import('./commands/restore.ts')],
  ],
  Data: [
    ['search [query..]', 'Find messages by their words', () => import('./commands/search.ts')],
    ['stats', 'Add up tokens, cost and turns', () => import('./commands/stats.ts')],
    [
      'export [session..]',
      'Export sessions, to import them or to read',
      () => import('./commands/export.ts'),
    ],
    ['import <file..>', 'Import exports, and transcripts of claude', () => import('./commands/import.ts')],
  ],
  Setup: [
    ['doctor', 'Check the agent, the settings and the store', () => import('./commands/doctor.ts')],
    ['config <action> [key] [value..]', 'Show and change settings', () => import('./commands/config.ts')],
    [
      'trust [directory]',
      'Allow the programs and settings of a directory',
      () => import('./commands/trust.ts'),
    ],
    ['store <action> [file]', 'Show, back up, set up or copy the store', () => import('./commands/store.ts')],
    ['mcp', 'Serve history and studies over MCP on stdio (read-only)', () => import('./commands/mcp.ts')],
    [
      'completion <action> [shell]',
      'Install the completions of a shell, or print them',
      () => import('./commands/completion.ts'),
    ],
    ['schema', 'Print the JSON Schema of every record', () => import('./commands/schema.ts')],
    ['help [command]', 'Show the help of a command, as --help does', async () => ({ command: HELP })],
  ],
};

export const VERBS = Object.values(GROUPS).flat();

/** Hidden commands that other programs start. They speak a protocol on stdio and have no options. */
const PROGRAMS: Record<string, () => Promise<{ start(argv: string[], io: Io): Promise<number> }>> = {
  __complete: async () => {
    const { answerShell } = await import('./commands/completion-protocol.ts');
    return { start: (words, io) => answerShell(words, { verbs: VERBS, globals: ALL_OPTIONS }, io) };
  },
  'mock-agent': () => import('./agents/mock/agent.ts'),
  mcp: () => import('./commands/mcp.ts'),
  'warm-host': async () => ({ start: (await import('./warm-host.ts')).warmHostProgram }),
  'run-turn': async () => ({ start: (await import('./programs.ts')).runTurnProgram }),
};

/** Runs one command line. Resolves to the exit status; never rejects. */
export async function run(argv: string[], io: Io): Promise<number> {
  if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
    io.stdout.write(`${VERSION}\n`);
    return 0;
  }
  const program = argv[0] === 'mcp' && argv.length > 1 ? undefined : PROGRAMS[argv[0] ?? ''];
  if (program !== undefined) return (await program()).start(argv.slice(1), io);

  const invocation = new Invocation(io, argv);
  try {
    const status = await parseAndRun(argv, invocation);
    await invocation.close();
    return status;
  } catch (thrown) {
    // The parser throws some of its refusals.
    const isRefusal = thrown instanceof Error && thrown.name === 'YError';
    const error = isRefusal
      ? usageError(
          thrown.message,
          argv,
          VERBS.map(([usage]) => usage),
        )
      : thrown;
    const { printFailure } = await import('./output/errors.ts');
    await invocation.settings(invocation.io.cwd).catch(() => {});
    const status = await printFailure(error, invocation);
    await invocation.close().catch(() => {});
    return status;
  }
}

async function parseAndRun(argv: string[], invocation: Invocation): Promise<number> {
  const { io, printer } = invocation;
  const isAlone = argv.length === 0 && io.stderr.isTTY === true;
  const parsed = await parse(isAlone ? ['--help'] : argv, GROUPS, invocation);
  if (isAlone) {
    io.stderr.write(parsed.help);
    return EXIT_STATUS.USAGE;
  }
  const help = parsed.help.trimEnd();
  if (help !== '') await printer.record(help === VERSION ? { version: help } : { help }, parsed.help);
  return (await parsed.run?.()) ?? 0;
}

function nameOf([usage]: Verb): string {
  return usage.split(' ')[0]!;
}
