import { expect, test } from 'vitest';
import type { TurnFacts } from '../../../../src/agents/agent.ts';
import { buildEnvironment } from '../../../../src/agents/claude/environment.ts';
import { buildMark } from '../../../../src/agents/process/mark.ts';

const FACTS: TurnFacts = {
  sessionId: 'beefcafe',
  turnId: 12,
  mode: 'user',
  root: '/root/of/it',
  study: 'bracket',
  home: '/home/me/.config/claude-session',
  mcpConnectTimeoutMs: 20_000,
  effort: null,
  maxRetries: null,
};

test('adds the facts of the turn to what the caller has', () => {
  expect(buildEnvironment({ PATH: '/bin', ANTHROPIC_API_KEY: 'sk' }, FACTS)).toEqual({
    PATH: '/bin',
    ANTHROPIC_API_KEY: 'sk',
    ATOMIZER_MODE: 'user',
    ATOMIZER_ROOT: '/root/of/it',
    ATOMIZER_STUDY: 'bracket',
    CLAUDE_SESSION_HOME: '/home/me/.config/claude-session',
    CLAUDE_SESSION_ID: 'beefcafe',
    CLAUDE_SESSION_MODE: 'user',
    CLAUDE_SESSION_ROOT: '/root/of/it',
    CLAUDE_SESSION_STUDY: 'bracket',
    CLAUDE_SESSION_TURN_ID: '12',
    CLAUDE_CODE_DISABLE_BACKGROUND_TASKS: '1',
    CLAUDE_CODE_DISABLE_CRON: '1',
    MCP_CONNECTION_NONBLOCKING: '0',
    MCP_CONNECT_TIMEOUT_MS: '20000',
    CLAUDE_CODE_MCP_STARTUP_WAIT_MS: '20000',
  });
});

test('leaves out the variable that goes before the effort that is asked for', () => {
  const base = { CLAUDE_CODE_EFFORT_LEVEL: 'low' };
  expect(buildEnvironment(base, FACTS)).toMatchObject(base);
  expect(buildEnvironment(base, { ...FACTS, effort: 'max' })).not.toHaveProperty('CLAUDE_CODE_EFFORT_LEVEL');
});

test('allows a server more time than the agent does by itself only where that is wanted', () => {
  const { MCP_TIMEOUT } = buildEnvironment({}, { ...FACTS, mcpConnectTimeoutMs: 45_000 });
  expect(MCP_TIMEOUT).toBe('45000');
  expect(buildEnvironment({}, FACTS)).not.toHaveProperty('MCP_TIMEOUT');
});

test.each([
  ['/bin', '/bin'],
  [':/bin::.:bin:/usr/bin:', '/bin:/usr/bin'],
  ['.', undefined],
  ['', undefined],
])('passes on no PATH that leads into the root: %j', (given, passed) => {
  expect(buildEnvironment({ PATH: given }, FACTS)['PATH']).toBe(passed);
});

test('takes the place of an outer turn, and hides that there is one', () => {
  const outer = {
    ...buildEnvironment({}, { ...FACTS, sessionId: 'outer', turnId: 1 }),
    CLAUDECODE: '1',
    CLAUDE_CODE_ENTRYPOINT: 'sdk-cli',
    CLAUDE_CODE_SESSION_ID: 'outer',
    CLAUDE_PROJECT_DIR: '/outer',
    CLAUDE_CODE_USE_BEDROCK: '1',
    UNDEFINED: undefined,
  };
  expect(buildEnvironment(outer, FACTS)).toEqual({
    ...buildEnvironment({}, FACTS),
    CLAUDE_CODE_USE_BEDROCK: '1',
  });
});

test('without a study the variables are empty, not missing: claude would leave ${VAR} unexpanded', () => {
  expect(buildEnvironment({ ATOMIZER_STUDY: 'stale' }, { ...FACTS, study: null })).toMatchObject({
    ATOMIZER_STUDY: '',
    CLAUDE_SESSION_STUDY: '',
  });
});

test('sets how often API calls are repeated only when asked', () => {
  expect(buildEnvironment({}, { ...FACTS, maxRetries: 0 })).toMatchObject({ CLAUDE_CODE_MAX_RETRIES: '0' });
  expect(buildEnvironment({}, FACTS)).not.toHaveProperty('CLAUDE_CODE_MAX_RETRIES');
});

test('the environment carries the mark that the sweep looks for', () => {
  expect(buildEnvironment({}, FACTS)).toMatchObject(buildMark(FACTS));
});
