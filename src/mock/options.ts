import { StartRefused } from './io.ts';

/** What of claude's command line the mock understands; `list` takes every following word up to the next flag. */
const FLAGS: Record<string, 'switch' | 'value' | 'list'> = {
  '--print': 'switch',
  '--verbose': 'switch',
  '--include-partial-messages': 'switch',
  '--strict-mcp-config': 'switch',
  '--fork-session': 'switch',
  '--no-session-persistence': 'switch',
  '--disable-slash-commands': 'switch',
  '--dangerously-skip-permissions': 'switch',
  '--input-format': 'value',
  '--output-format': 'value',
  '--session-id': 'value',
  '--resume': 'value',
  '--append-system-prompt': 'value',
  '--append-system-prompt-file': 'value',
  '--system-prompt': 'value',
  '--system-prompt-file': 'value',
  '--model': 'value',
  '--permission-mode': 'value',
  '--setting-sources': 'value',
  '--settings': 'value',
  '--max-turns': 'value',
  '--max-budget-usd': 'value',
  '--mcp-config': 'list',
  '--allowed-tools': 'list',
  '--disallowed-tools': 'list',
  '--tools': 'list',
  '--add-dir': 'list',
};

const ALIASES: Record<string, string> = {
  '-p': '--print',
  '-r': '--resume',
  '--allowedTools': '--allowed-tools',
  '--disallowedTools': '--disallowed-tools',
};

const PERMISSION_MODES = ['acceptEdits', 'auto', 'bypassPermissions', 'default', 'dontAsk', 'plan'];

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
  const has = (flag: string): boolean => given.has(flag);

  for (const flag of ['--input-format', '--output-format']) {
    if (first(flag) !== 'stream-json')
      throw new StartRefused(`Error: The mock agent needs ${flag} stream-json`);
  }
  if (!has('--print') || !has('--verbose')) {
    throw new StartRefused('Error: When using --print, --output-format=stream-json requires --verbose');
  }
  const mode = first('--permission-mode') ?? 'default';
  if (!PERMISSION_MODES.includes(mode)) {
    throw new StartRefused(
      `error: option '--permission-mode <mode>' argument '${mode}' is invalid. Allowed choices are ${PERMISSION_MODES.join(', ')}.`,
    );
  }
  return {
    sessionId: first('--session-id'),
    resume: first('--resume'),
    fork: has('--fork-session'),
    persist: !has('--no-session-persistence'),
    model: first('--model'),
    partial: has('--include-partial-messages'),
    permissionMode: has('--dangerously-skip-permissions') ? 'bypassPermissions' : mode,
    allowedTools: splitRules(given.get('--allowed-tools') ?? []),
    disallowedTools: splitRules(given.get('--disallowed-tools') ?? []),
    mcpConfigs: given.get('--mcp-config') ?? [],
    systemPromptFiles: [first('--system-prompt-file'), first('--append-system-prompt-file')].filter(isGiven),
    systemPrompts: [first('--system-prompt'), first('--append-system-prompt')].filter(isGiven),
    maxTurns: Number(first('--max-turns') ?? 0),
    maxBudgetUsd: has('--max-budget-usd') ? Number(first('--max-budget-usd')) : undefined,
  };
}

function collect(argv: readonly string[]): Map<string, string[]> {
  const given = new Map<string, string[]>();
  const words = [...argv];
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    const [, name = word, inline] = /^(--[^=]+)=(.*)$/s.exec(word) ?? [];
    const flag = ALIASES[name] ?? name;
    const kind = FLAGS[flag];
    if (kind === undefined) {
      throw new StartRefused(
        word.startsWith('-')
          ? `error: unknown option '${name}'`
          : 'Error: The mock agent takes its message from stdin',
      );
    }
    const values = inline === undefined ? [] : [inline];
    if (kind === 'value' && inline === undefined) values.push(words.shift() ?? '');
    if (kind === 'list')
      while (words[0] !== undefined && !words[0].startsWith('-')) values.push(words.shift()!);
    given.set(flag, [...(kind === 'list' ? (given.get(flag) ?? []) : []), ...values]);
  }
  return given;
}

/** Rules in separate words, or in one word parted by spaces or commas; those inside parentheses belong to the rule. */
function splitRules(words: readonly string[]): string[] {
  return words.flatMap((word) => word.match(/(?:\([^)]*\)|[^\s,(])+/g) ?? []);
}

function isGiven(value: string | undefined): value is string {
  return value !== undefined;
}
