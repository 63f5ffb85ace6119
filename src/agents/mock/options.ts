import { parseArgs } from 'node:util';
import { StartRefused } from './io.ts';

const isGiven = { type: 'boolean' } as const;
const value = { type: 'string' } as const;
const list = { type: 'string', multiple: true } as const;

/** The options of claude that `session` passes. */
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
  effort: value,
  'fallback-model': value,
  'add-dir': list,
  'permission-mode': value,
  'permission-prompt-tool': value,
  'max-turns': value,
  'max-budget-usd': value,
  'json-schema': value,
  'mcp-config': list,
  allowedTools: list,
  disallowedTools: list,
} as const;

export type MockOptions = ReturnType<typeof parseOptions>;

/** Reads claude's arguments. Throws StartRefused with a message of claude that `session` recognizes. */
export function parseOptions(args: string[]) {
  const given = parseKnown(args);
  return {
    sessionId: given['session-id'],
    resume: given.resume,
    isFork: given['fork-session'] === true,
    model: given.model,
    isPower: given['dangerously-skip-permissions'] === true,
    asks: given['permission-prompt-tool'] === 'stdio',
    allowedTools: [...splitRules(given.allowedTools), ...readRules(given.settings)],
    disallowedTools: splitRules(given.disallowedTools),
    mcpConfigs: given['mcp-config'] ?? [],
    systemPromptFile: given['system-prompt-file'] ?? given['append-system-prompt-file'],
    hasSchema: given['json-schema'] !== undefined,
    maxTurns: Number(given['max-turns'] ?? Infinity),
    maxBudgetUsd: Number(given['max-budget-usd'] ?? Infinity),
  };
}

function parseKnown(args: string[]) {
  try {
    return parseArgs({ args, options: OPTIONS }).values;
  } catch (error) {
    const { message } = error as Error;
    throw new StartRefused(message.replace(/^Unknown option ('\S+').*/s, 'error: unknown option $1'));
  }
}

/** Rules separated by spaces or commas. Separators inside parentheses belong to the rule. */
function splitRules(lists: readonly string[] = []): string[] {
  return lists.flatMap((each) => each.match(/(?:\([^)]*\)|[^\s,(])+/g) ?? []);
}

/** The rules in settings, with their backslash escapes removed. */
function readRules(settings = '{}'): string[] {
  const { permissions } = JSON.parse(settings) as { permissions?: { allow: string[] } };
  return (permissions?.allow ?? []).map((rule) => rule.replaceAll(/\\([\\()])/g, '$1'));
}
