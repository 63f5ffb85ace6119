import { SessionError } from '../../errors.ts';
import type { AgentInvocation, Conversation } from '../agent.ts';
import { INTERACTIVE_TOOLS } from './permission.ts';

/**
 * The agent's arguments, without the program itself.
 *
 * No text of a user can become a flag. Each rule list is one argument, since the agent's list options take all
 * arguments up to the next flag. A value that begins with a dash throws SETTINGS_INVALID. The message goes to stdin.
 */
export function buildArgv(invocation: AgentInvocation): string[] {
  const { systemPrompt, model, effort, fallbackModel, maxTurns, maxBudgetUsd, schema } = invocation;
  return [
    '-p',
    ...STREAMING,
    ...conversationArgs(invocation.conversation),
    '--settings',
    JSON.stringify(buildSettings(invocation)),
    '--setting-sources',
    invocation.isTrusted ? 'user,project,local' : 'user',
    ...(systemPrompt === null ? [] : [PROMPT_FLAGS[systemPrompt.kind], systemPrompt.path]),
    ...(model === null ? [] : ['--model', safeValue('model', model)]),
    ...(effort === null ? [] : ['--effort', effort]),
    ...(fallbackModel === null ? [] : ['--fallback-model', safeValue('fallback model', fallbackModel)]),
    ...invocation.addedDirs.flatMap((path) => ['--add-dir', path]),
    ...(maxTurns === null ? [] : ['--max-turns', String(maxTurns)]),
    ...(maxBudgetUsd === null ? [] : ['--max-budget-usd', String(maxBudgetUsd)]),
    ...(schema === null ? [] : ['--json-schema', JSON.stringify(schema)]),
    ...permissionArgs(invocation),
    '--mcp-config',
    invocation.mcpConfigPath,
    '--strict-mcp-config',
  ];
}

/** Rules with whole commands go here, because the flag splits its value at spaces and parentheses. */
function buildSettings({ mode, addedRules }: AgentInvocation): object {
  const hasRules = mode === 'user' && addedRules.length > 0;
  return { crossSessionInbound: 'refuse', ...(hasRules && { permissions: { allow: addedRules } }) };
}

/** Tools that start turns which no user line of ours asks for. */
const TURN_STARTING_TOOLS = ['SendMessage', 'ListAgents', 'Monitor', 'ScheduleWakeup', 'CronCreate'] as const;

const STREAMING = [
  '--input-format',
  'stream-json',
  '--output-format',
  'stream-json',
  '--verbose',
  '--include-partial-messages',
] as const;

const PROMPT_FLAGS = { append: '--append-system-prompt-file', replace: '--system-prompt-file' } as const;

function conversationArgs(conversation: Conversation): string[] {
  switch (conversation.kind) {
    case 'new':
      return ['--session-id', conversation.id];
    case 'resume':
      return ['--resume', conversation.id];
    case 'fork':
      return ['--resume', conversation.from, '--fork-session', '--session-id', conversation.id];
  }
}

function permissionArgs({ mode, allowedTools, disallowedTools, asks }: AgentInvocation): string[] {
  const never = [...TURN_STARTING_TOOLS, ...(asks ? INTERACTIVE_TOOLS : []), ...disallowedTools];
  const denied = ruleArgs('--disallowedTools', never);
  if (mode === 'power') return ['--dangerously-skip-permissions', ...denied];
  const allowed = ruleArgs('--allowedTools', allowedTools);
  const asking = asks ? ['--permission-prompt-tool', 'stdio'] : [];
  return ['--permission-mode', 'default', ...asking, ...allowed, ...denied];
}

function ruleArgs(flag: string, rules: readonly string[]): string[] {
  if (rules.length === 0) return [];
  return [flag, rules.map((rule) => safeValue('permission rule', rule)).join(',')];
}

function safeValue(what: string, value: string): string {
  if (value !== '' && !value.startsWith('-')) return value;
  throw new SessionError(
    'SETTINGS_INVALID',
    `The ${what} "${value}" is not usable: it is empty or begins with a dash.`,
  );
}
