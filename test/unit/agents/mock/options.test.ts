import { expect, test } from 'vitest';
import { buildArgv } from '../../../../src/agents/claude/argv.ts';
import type { AgentInvocation } from '../../../../src/agents/agent.ts';
import { parseOptions } from '../../../../src/agents/mock/options.ts';

const STREAMING = ['-p', '--verbose', '--input-format', 'stream-json', '--output-format', 'stream-json'];

function invocation(changes: Partial<AgentInvocation>): AgentInvocation {
  return {
    conversation: { kind: 'new', id: 'an-id' },
    mcpConfigPath: '/run/mcp.json',
    systemPrompt: null,
    model: null,
    effort: null,
    fallbackModel: null,
    addedDirs: [],
    mode: 'user',
    isTrusted: true,
    allowedTools: [],
    addedRules: [],
    asks: false,
    disallowedTools: [],
    maxTurns: null,
    maxBudgetUsd: null,
    schema: null,
    ...changes,
  };
}

test('it understands the arguments session starts its agent with', () => {
  const allowedTools = ['Read', 'Edit(**/STUDY_REPORT.md)', 'Bash(git commit:*)', 'mcp__atomizer'];
  const argv = buildArgv(
    invocation({
      allowedTools,
      disallowedTools: ['WebFetch'],
      model: 'small',
      maxTurns: 3,
      maxBudgetUsd: 0.5,
      systemPrompt: { path: '/run/prompt.md', kind: 'append' },
    }),
  );
  expect(parseOptions(argv)).toMatchObject({
    sessionId: 'an-id',
    resume: undefined,
    isPower: false,
    allowedTools,
    disallowedTools: expect.arrayContaining(['WebFetch']),
    mcpConfigs: ['/run/mcp.json'],
    systemPromptFile: '/run/prompt.md',
    model: 'small',
    maxTurns: 3,
    maxBudgetUsd: 0.5,
  });
  const forked = buildArgv(
    invocation({ mode: 'power', conversation: { kind: 'fork', from: 'old', id: 'new' } }),
  );
  expect(parseOptions(forked)).toMatchObject({
    resume: 'old',
    sessionId: 'new',
    isFork: true,
    isPower: true,
  });
});

test.each([
  [['--allowedTools', 'Bash(python3 -c:*) Read Write', '--model=m']],
  [['--allowedTools', 'Bash(python3 -c:*),Read,Write', '--model', 'm']],
  [['--allowedTools', 'Bash(python3 -c:*)', '--allowedTools', 'Read, Write', '--model', 'm']],
])('%j are the same rules', (args) => {
  expect(parseOptions([...STREAMING, ...args])).toMatchObject({
    allowedTools: ['Bash(python3 -c:*)', 'Read', 'Write'],
    model: 'm',
  });
});

test.each([
  [[...STREAMING, '--nosuch=1'], "error: unknown option '--nosuch'"],
  [[...STREAMING, '--model', 'm', 'a message'], "Unexpected argument 'a message'"],
])('%j is refused', (args, message) => {
  expect(() => parseOptions(args)).toThrow(message);
});
