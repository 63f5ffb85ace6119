import { describe, expect, test } from 'vitest';
import type { AgentInvocation } from '../../../../src/agents/agent.ts';
import { buildArgv } from '../../../../src/agents/claude/argv.ts';

const ID = '11111111-1111-4111-8111-111111111111';
const OTHER = '22222222-2222-4222-8222-222222222222';

function invocation(overrides: Partial<AgentInvocation> = {}): AgentInvocation {
  return {
    conversation: { kind: 'new', id: ID },
    mcpConfigPath: '/run/mcp.json',
    systemPrompt: null,
    isTrusted: false,
    model: null,
    effort: null,
    fallbackModel: null,
    addedDirs: [],
    mode: 'user',
    allowedTools: [],
    addedRules: [],
    asks: false,
    disallowedTools: [],
    maxTurns: null,
    maxBudgetUsd: null,
    schema: null,
    ...overrides,
  };
}

const ALWAYS =
  '-p --input-format stream-json --output-format stream-json --verbose --include-partial-messages --session-id ID --settings {"crossSessionInbound":"refuse"} --setting-sources user';
const UNASKED = 'SendMessage,ListAgents,Monitor,ScheduleWakeup,CronCreate';
const MCP = '--mcp-config /run/mcp.json --strict-mcp-config';

/** Arguments as one string; none of those in the table has a space of its own. */
function spell(argv: string[]): string {
  return argv.join(' ').replaceAll(ID, 'ID').replaceAll(OTHER, 'OTHER');
}

test('only a trusted root has a say in the settings of the agent', () => {
  expect(spell(buildArgv(invocation()))).toContain(' --setting-sources user --');
  expect(spell(buildArgv(invocation({ isTrusted: true })))).toContain(
    ' --setting-sources user,project,local --',
  );
});

test.each<[string, Partial<AgentInvocation>, string]>([
  ['a new conversation', {}, `${ALWAYS} --permission-mode default --disallowedTools ${UNASKED} ${MCP}`],
  [
    'one that goes on',
    { conversation: { kind: 'resume', id: ID } },
    `${ALWAYS.replace('--session-id', '--resume')} --permission-mode default --disallowedTools ${UNASKED} ${MCP}`,
  ],
  [
    'a copy of one',
    { conversation: { kind: 'fork', from: OTHER, id: ID } },
    `${ALWAYS.replace('--session-id', '--resume OTHER --fork-session --session-id')} --permission-mode default --disallowedTools ${UNASKED} ${MCP}`,
  ],
  [
    'a prompt that is added',
    { systemPrompt: { path: '/run/prompt.md', kind: 'append' } },
    `${ALWAYS} --append-system-prompt-file /run/prompt.md --permission-mode default --disallowedTools ${UNASKED} ${MCP}`,
  ],
  [
    'a prompt that replaces',
    { systemPrompt: { path: '/run/prompt.md', kind: 'replace' } },
    `${ALWAYS} --system-prompt-file /run/prompt.md --permission-mode default --disallowedTools ${UNASKED} ${MCP}`,
  ],
  [
    'a schema',
    { schema: { type: 'object' } },
    `${ALWAYS} --json-schema {"type":"object"} --permission-mode default --disallowedTools ${UNASKED} ${MCP}`,
  ],
  [
    'limits and a model',
    { model: 'haiku', maxTurns: 3, maxBudgetUsd: 0.25 },
    `${ALWAYS} --model haiku --max-turns 3 --max-budget-usd 0.25 --permission-mode default --disallowedTools ${UNASKED} ${MCP}`,
  ],
  [
    'an effort, models to fall back to, and directories',
    { effort: 'xhigh', fallbackModel: 'sonnet,haiku', addedDirs: ['/data/a', '/data/b'] },
    `${ALWAYS} --effort xhigh --fallback-model sonnet,haiku --add-dir /data/a --add-dir /data/b --permission-mode default --disallowedTools ${UNASKED} ${MCP}`,
  ],
  [
    'rules of user mode',
    { allowedTools: ['Read', 'Bash(python:*)'], disallowedTools: ['WebFetch'] },
    `${ALWAYS} --permission-mode default --allowedTools Read,Bash(python:*) --disallowedTools ${UNASKED},WebFetch ${MCP}`,
  ],
  [
    'power: nothing is asked, but what is denied stays denied',
    { mode: 'power', allowedTools: ['Read'], disallowedTools: ['WebFetch'] },
    `${ALWAYS} --dangerously-skip-permissions --disallowedTools ${UNASKED},WebFetch ${MCP}`,
  ],
])('%s', (_, overrides, expected) => {
  expect(spell(buildArgv(invocation(overrides)))).toBe(expected);
});

test('asking is by the agent’s own pipe, without tools that want more than a yes or a no', () => {
  const asking = spell(buildArgv(invocation({ asks: true })));
  expect(asking).toContain(' --permission-mode default --permission-prompt-tool stdio ');
  expect(asking).toContain(`${UNASKED},AskUserQuestion,EnterPlanMode,ExitPlanMode`);
  expect(spell(buildArgv(invocation()))).not.toMatch(/prompt-tool|AskUser/);
  expect(spell(buildArgv(invocation({ asks: true, mode: 'power' })))).not.toContain('prompt-tool');
});

test('added rules are settings, whole, and of no use in power mode', () => {
  const addedRules = [String.raw`Bash(echo \(a\), "b" > c)`];
  const settings = (more: Partial<AgentInvocation>) => {
    const argv = buildArgv(invocation({ addedRules, ...more }));
    return JSON.parse(argv[argv.indexOf('--settings') + 1]!) as object;
  };
  expect(settings({})).toEqual({ crossSessionInbound: 'refuse', permissions: { allow: addedRules } });
  expect(settings({ mode: 'power' })).toEqual({ crossSessionInbound: 'refuse' });
});

test('a rule with spaces stays in one argument', () => {
  const argv = buildArgv(invocation({ allowedTools: ['Bash(git log:*)', 'Read'] }));
  expect(argv[argv.indexOf('--allowedTools') + 1]).toBe('Bash(git log:*),Read');
});

describe('nothing a user wrote becomes a flag', () => {
  test.each<[string, Partial<AgentInvocation>]>([
    ['a model', { model: '--dangerously-skip-permissions' }],
    ['an empty model', { model: '' }],
    ['an allowed tool', { allowedTools: ['Read', '--dangerously-skip-permissions'] }],
    ['a denied tool', { disallowedTools: ['-p'] }],
  ])('%s', (_, overrides) => {
    expect(() => buildArgv(invocation(overrides))).toThrow(
      expect.objectContaining({ code: 'SETTINGS_INVALID' }),
    );
  });

  test('no argument after the first rule list is a bare value that a list could swallow', () => {
    const argv = buildArgv(invocation({ allowedTools: ['Read', 'Write'], disallowedTools: ['Bash'] }));
    const values = argv
      .slice(argv.indexOf('--allowedTools'))
      .filter((argument) => !argument.startsWith('--'));
    expect(values).toEqual(['Read,Write', `${UNASKED},Bash`, '/run/mcp.json']);
  });
});
