import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { classifyFailure } from '../../../../src/agents/claude/failure.ts';
import { readStderrTail } from '../../../../src/agents/process/stderr-tail.ts';
import { readClaude } from '../../../support/claude-answer.ts';
import { makeScratch, recordingPath } from '../../../support/turn-log.ts';

test.each([
  ['No conversation found with session ID: 0266ba6c', 'no_conversation', 'AGENT_FAILED', undefined],
  ['Error: Session ID 0266ba6c is already in use.', 'id_in_use', 'AGENT_FAILED', undefined],
  [
    '--dangerously-skip-permissions cannot be used with root/sudo privileges for security reasons',
    'other',
    'POWER_FORBIDDEN',
    /IS_SANDBOX=1/,
  ],
  [
    "Configuration error in /h/.claude.json: JSON Parse error: Expected '}'",
    'other',
    'AGENT_FAILED',
    /[Rr]epair/,
  ],
  [
    'Error: Invalid MCP configuration:\nMCP config file not found: F',
    'other',
    'MCP_CONFIG_INVALID',
    /dry-run/,
  ],
  ["error: unknown option '--nosuch-flag'", 'other', 'AGENT_FAILED', /doctor/],
  ['Not logged in · Please run /login', 'other', 'NOT_LOGGED_IN', /ANTHROPIC_API_KEY/],
])('on stderr: %s', (stderr, reason, code, hint) => {
  const failure = classifyFailure({ result: null, stderr, exit: { code: 1, signal: null } });
  expect(failure).toMatchObject({ reason, code, message: stderr });
  if (hint === undefined) expect(failure.hint).toBeUndefined();
  else expect(failure.hint).toMatch(hint);
});

describe('in a result', () => {
  test.each([
    ['resume-missing', 'no_conversation', 'AGENT_FAILED', undefined],
    ['max-turns', 'other', 'TURN_LIMIT', /--max-turns/],
    ['max-budget', 'other', 'BUDGET_EXCEEDED', /--max-budget-usd/],
    ['sigint', 'interrupted', 'INTERRUPTED', undefined],
    ['sigint-bash', 'interrupted', 'INTERRUPTED', undefined],
    ['api-401-3min', 'other', 'NOT_LOGGED_IN', /ANTHROPIC_API_KEY/],
    ['api-404-model', 'other', 'AGENT_FAILED', /--model/],
    ['api-429-final', 'other', 'LIMIT_REACHED', /--wait-limit/],
    ['api-529-final', 'other', 'OVERLOADED', /--wait-limit/],
    ['api-refused', 'other', 'AGENT_FAILED', /ANTHROPIC_BASE_URL/],
    ['prompt-too-long', 'other', 'AGENT_FAILED', /less/],
    ['refusal', 'other', 'AGENT_FAILED', /Rephrase/],
    ['api-reset', 'other', 'AGENT_FAILED', /ANTHROPIC_BASE_URL/],
    ['drop-later-block', 'other', 'AGENT_FAILED', /ANTHROPIC_BASE_URL/],
    ['refused', 'other', 'AGENT_FAILED', /ANTHROPIC_BASE_URL/, '2.1.332'],
    ['unreachable', 'other', 'AGENT_FAILED', /ANTHROPIC_BASE_URL/, '2.1.332'],
    ['reset', 'other', 'AGENT_FAILED', /ANTHROPIC_BASE_URL/, '2.1.332'],
    ['refusal', 'other', 'AGENT_FAILED', /Rephrase/, '2.1.332'],
    ['failure-401', 'other', 'NOT_LOGGED_IN', /ANTHROPIC_API_KEY/, '2.1.332'],
    ['failure-404', 'other', 'AGENT_FAILED', /--model/, '2.1.332'],
    ['failure-429', 'other', 'LIMIT_REACHED', /--wait-limit/, '2.1.332'],
    ['failure-500', 'other', 'AGENT_FAILED', /--max-retries/, '2.1.332'],
    ['failure-529', 'other', 'OVERLOADED', /--wait-limit/, '2.1.332'],
    ['no-credit', 'other', 'AGENT_FAILED', /credit/, '2.1.332'],
    ['prompt-too-long', 'other', 'AGENT_FAILED', /less/, '2.1.332'],
    ['resume-missing', 'no_conversation', 'AGENT_FAILED', undefined, '2.1.332'],
    ['interrupted', 'interrupted', 'INTERRUPTED', undefined, '2.1.332'],
  ] as const)('%s', (name, reason, code, hint, version?: '2.1.332') => {
    const { result } = readClaude(recordingPath(name, version), { start: 0 }).outcome;
    const failure = classifyFailure({ result });
    expect(failure).toMatchObject({ reason, code });
    if (hint === undefined) expect(failure.hint).toBeUndefined();
    else expect(failure.hint).toMatch(hint);
  });
});

test.each([
  [{ code: 1, signal: null }, 'The agent exited with status 1 before it ended the turn.'],
  [{ code: null, signal: 'SIGKILL' }, 'The agent was killed (SIGKILL) before it ended the turn.'],
  [null, 'The agent exited before it ended the turn.'],
])('without a word: %j', (exit, message) => {
  expect(classifyFailure({ result: null, stderr: ' \n', exit })).toMatchObject({
    code: 'AGENT_FAILED',
    message,
  });
});

test('of a long stderr, the end', () => {
  const stderr = Array.from({ length: 50 }, (_, n) => `line ${n}`).join('\n');
  expect(classifyFailure({ result: null, stderr }).message).toBe(
    'line 45\nline 46\nline 47\nline 48\nline 49',
  );
});

test('of one very long line, its beginning', () => {
  const { message } = classifyFailure({ result: null, stderr: 'é'.repeat(5_000_000) });
  expect(message).toBe(`${'é'.repeat(2000)}… (4998000 more characters)`);
});

test('of much that an agent wrote to stderr, no more than the end is read', () => {
  const path = join(makeScratch(), 'stderr');
  expect(readStderrTail(path)).toBe('');
  writeFileSync(path, `${'x'.repeat(1 << 20)}\nlast words`);
  expect(readStderrTail(path)).toMatch(/^x+\nlast words$/);
  expect(readStderrTail(path)).toHaveLength(64 * 1024);
});
