import { parseArgs } from 'node:util';
import { StartRefused } from './io.ts';

const isGiven = { type: 'boolean' } as const;
const value = { type: 'string' } as const;
const list = { type: 'string', multiple: true } as const;

/** Claude's options, as far as `session` passes them. */
const OPTIONS = {
  print: { ...isGiven, short: 'p' },
  verbose: isGiven,
  'include-partial-messages': isGiven,
  'strict-mcp-config': isGiven,
  'fork-session': isGiven,
  'dangerously-skip-permissions': isGiven,
  'input-format': value,
  'output-format': value,
  'session-id': value,
  resume: value,
  settings: value,
  'setting-sources': value,
  'append-system-prompt-file': value,
  'system-prompt-file': value,
  model: value,
  'permission-mode': value,
  'max-turns': value,
  'max-budget-usd': value,
  'mcp-config': list,
  allowedTools: list,
  disallowedTools: list,
} as const;

export interface MockOptions {
  sessionId: string | undefined;
  resume: string | undefined;
  isFork: boolean;
  model: string | undefined;
  isPower: boolean;
  allowedTools: string[];
  disallowedTools: string[];
  mcpConfigs: string[];
  systemPromptFile: string | undefined;
  /** Model calls a turn may make; 0 is no limit. */
  maxTurns: number;
  maxBudgetUsd: number | undefined;
}

/** Reads claude's arguments; what is wrong with them it says in words that `session` knows of claude. */
export function parseOptions(args: string[]): MockOptions {
  const given = parseKnown(args);
  for (const flag of ['input-format', 'output-format'] as const)
    if (given[flag] !== 'stream-json')
      throw new StartRefused(`Error: The mock agent needs --${flag} stream-json`);
  const budget = given['max-budget-usd'];
  return {
    sessionId: given['session-id'],
    resume: given.resume,
    isFork: given['fork-session'] === true,
    model: given.model,
    isPower: given['dangerously-skip-permissions'] === true,
    allowedTools: splitRules(given.allowedTools),
    disallowedTools: splitRules(given.disallowedTools),
    mcpConfigs: given['mcp-config'] ?? [],
    systemPromptFile: given['system-prompt-file'] ?? given['append-system-prompt-file'],
    maxTurns: Number(given['max-turns'] ?? 0),
    maxBudgetUsd: budget === undefined ? undefined : Number(budget),
  };
}

function parseKnown(args: string[]) {
  try {
    return parseArgs({ args, options: OPTIONS }).values;
  } catch (error) {
    throw new StartRefused(
      (error as Error).message.replace(/^Unknown option ('\S+').*/s, 'error: unknown option $1'),
    );
  }
}

/** Rules parted by spaces or commas; those inside parentheses belong to the rule. */
function splitRules(lists: readonly string[] = []): string[] {
  return lists.flatMap((each) => each.match(/(?:\([^)]*\)|[^\s,(])+/g) ?? []);
}
