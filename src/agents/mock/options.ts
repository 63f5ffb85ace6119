import { StartRefused } from './io.ts';

const SWITCHES =
  '--print --verbose --include-partial-messages --strict-mcp-config --fork-session --no-session-persistence --disable-slash-commands --dangerously-skip-permissions';
const VALUES =
  '--input-format --output-format --session-id --resume --append-system-prompt --append-system-prompt-file --system-prompt --system-prompt-file --model --fallback-model --effort --json-schema --permission-mode --setting-sources --settings --max-turns --max-budget-usd';
/** These take every following word up to the next flag. */
const LISTS = '--mcp-config --allowed-tools --disallowed-tools --tools --add-dir';

const KINDS = new Map(
  [SWITCHES, VALUES, LISTS].flatMap((flags, kind) => flags.split(' ').map((flag) => [flag, kind] as const)),
);
const VALUE = 1;
const LIST = 2;

const ALIASES: Record<string, string> = {
  '-p': '--print',
  '-r': '--resume',
  '--allowedTools': '--allowed-tools',
  '--disallowedTools': '--disallowed-tools',
};

const PERMISSION_MODES = ['acceptEdits', 'auto', 'bypassPermissions', 'default', 'dontAsk', 'manual', 'plan'];

export interface MockOptions {
  sessionId: string | undefined;
  resume: string | undefined;
  fork: boolean;
  persist: boolean;
  model: string | undefined;
  /** Without partial messages only finished blocks are printed. */
  partial: boolean;
  permissionMode: string;
  allowedTools: string[];
  disallowedTools: string[];
  mcpConfigs: string[];
  systemPromptFiles: string[];
  systemPrompts: string[];
  /** Model calls a turn may make; 0 is no limit. */
  maxTurns: number;
  maxBudgetUsd: number | undefined;
}

/** Reads claude's arguments, with claude's words for what is wrong with them. */
export function parseOptions(argv: readonly string[]): MockOptions {
  const given = collect(argv);
  const first = (flag: string): string | undefined => given.get(flag)?.[0];
  const all = (...flags: string[]): string[] => flags.flatMap((flag) => given.get(flag) ?? []);
  for (const flag of ['--input-format', '--output-format'])
    if (first(flag) !== 'stream-json')
      throw new StartRefused(`Error: The mock agent needs ${flag} stream-json`);
  if (!given.has('--print') || !given.has('--verbose'))
    throw new StartRefused('Error: When using --print, --output-format=stream-json requires --verbose');
  const mode = first('--permission-mode') ?? 'default';
  if (!PERMISSION_MODES.includes(mode))
    throw new StartRefused(
      `error: option '--permission-mode <mode>' argument '${mode}' is invalid. Allowed choices are ${PERMISSION_MODES.join(', ')}.`,
    );
  return {
    sessionId: first('--session-id'),
    resume: first('--resume'),
    fork: given.has('--fork-session'),
    persist: !given.has('--no-session-persistence'),
    model: first('--model'),
    partial: given.has('--include-partial-messages'),
    permissionMode: given.has('--dangerously-skip-permissions') ? 'bypassPermissions' : mode,
    allowedTools: splitRules(all('--allowed-tools')),
    disallowedTools: splitRules(all('--disallowed-tools')),
    mcpConfigs: all('--mcp-config'),
    systemPromptFiles: all('--system-prompt-file', '--append-system-prompt-file'),
    systemPrompts: all('--system-prompt', '--append-system-prompt'),
    maxTurns: Number(first('--max-turns') ?? 0),
    maxBudgetUsd: given.has('--max-budget-usd') ? Number(first('--max-budget-usd')) : undefined,
  };
}

function collect(argv: readonly string[]): Map<string, string[]> {
  const given = new Map<string, string[]>();
  const words = [...argv];
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    const [, name = word, inline] = /^(--[^=]+)=(.*)$/s.exec(word) ?? [];
    const flag = ALIASES[name] ?? name;
    const kind = KINDS.get(flag);
    if (kind === undefined)
      throw new StartRefused(
        word.startsWith('-')
          ? `error: unknown option '${name}'`
          : 'Error: The mock agent takes its message from stdin',
      );
    const values = inline === undefined ? [] : [inline];
    if (kind === VALUE && inline === undefined) values.push(words.shift() ?? '');
    if (kind === LIST)
      while (words[0] !== undefined && !words[0].startsWith('-')) values.push(words.shift()!);
    given.set(flag, [...(kind === LIST ? (given.get(flag) ?? []) : []), ...values]);
  }
  return given;
}

/** Rules in separate words, or in one word parted by spaces or commas; those inside parentheses belong to the rule. */
function splitRules(words: readonly string[]): string[] {
  return words.flatMap((word) => word.match(/(?:\([^)]*\)|[^\s,(])+/g) ?? []);
}
