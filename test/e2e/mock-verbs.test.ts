import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { AnswerFold } from '../../src/agents/answer/answer.ts';
import { claude } from '../../src/agents/claude/agent.ts';
import type { AnswerOutcome } from '../../src/agents/answer/answer.ts';
import { classifyFailure } from '../../src/agents/claude/failure.ts';
import { parseLine } from '../../src/agents/claude/stream.ts';
import { makePlaces, MockAgent, runScript } from '../support/mock-agent.ts';
import type { MockStart, StreamRecord } from '../support/mock-agent.ts';

const RECORDINGS = fileURLToPath(new URL('../fixtures/recordings', import.meta.url));

/** What `session` makes of the mock's stream. */
function fold(lines: readonly string[]): AnswerOutcome & { text: string; statuses: string[] } {
  const answer = new AnswerFold({ agent: claude, readText: () => [] });
  let text = '';
  const statuses: string[] = [];
  for (const event of lines.flatMap(parseLine)) {
    for (const update of answer.push(event)) {
      if (update.type === 'text') text += update.content;
      if (update.type === 'discard') text = text.slice(0, text.length - update.length);
      if (update.type === 'status') statuses.push(update.status);
    }
  }
  return { ...answer.outcome, text, statuses };
}

async function outcomeOf(script: string, start: MockStart = {}) {
  const agent = await runScript(script, start);
  return { ...fold(agent.lines), code: agent.code, stderr: agent.stderr };
}

test.each([
  ['say hello', 'hello'],
  ['say "two\\nlines"', 'two\nlines'],
  ['say one\nsay two', 'one\ntwo'],
  ['# a note\n\n  say indented', 'indented'],
  ['think hmm', 'done'],
  ['think hmm\nsay so', 'so'],
  ['sleep 10ms', 'done'],
  ['stream 1ms a b  c', 'a b  c'],
  ['drop one two\nsay second try', 'second try'],
  ['drop one two', 'one two'],
  ['unknown\nraw {"type": "mystery"}\nraw no json\nsay still here', 'still here'],
  ['retry 2\nsay recovered', 'recovered'],
  ['emit 64B', '00000000 the quick brown fox jumps over the lazy dog and back  \n'],
])('%j completes', async (script, text) => {
  const outcome = await outcomeOf(script);
  expect(outcome).toMatchObject({ text, code: 0, stderr: '', result: { isError: false } });
});

test.each([
  ['400', 'AGENT_FAILED', 0],
  ['401', 'NOT_LOGGED_IN', 2],
  ['429', 'LIMIT_REACHED', 2],
  ['500', 'AGENT_FAILED', 2],
  ['529', 'OVERLOADED', 2],
  ['max-turns', 'TURN_LIMIT', 0],
  ['budget', 'BUDGET_EXCEEDED', 0],
])('fail %s ends the turn as %s, after %i retries', async (kind, code, retries) => {
  const outcome = await outcomeOf(`fail ${kind}`, { env: { CLAUDE_CODE_MAX_RETRIES: '2' } });
  expect(outcome).toMatchObject({ code: 1, result: { isError: true } });
  expect(classifyFailure({ result: outcome.result }).code).toBe(code);
  expect(outcome.statuses.filter((status) => status === 'retrying')).toHaveLength(retries);
});

test('without another word claude retries ten times', async () => {
  expect((await outcomeOf('fail 401')).statuses.filter((status) => status === 'retrying')).toHaveLength(10);
});

test('after a lost connection the answer comes whole, as in the recording', async () => {
  const kinds = (lines: string[]): unknown[] =>
    lines.map((line) => JSON.parse(line) as StreamRecord).map(({ type, event }) => event?.type ?? type);
  const recording = readFileSync(path.join(RECORDINGS, 'drop-midstream.ndjson'), 'utf8')
    .trimEnd()
    .split('\n');
  const agent = await runScript('drop one two\nsay second try');
  expect(kinds(agent.lines)).toEqual(kinds(recording));
  expect(agent.text).toBe('second try');
  expect((await runScript('drop one two')).text).toBe('one two');
  const later = await runScript('drop one two\nbash true\nsay streamed again');
  expect(later.records.findLast((record) => record['event']?.delta?.text)).toMatchObject({
    event: { delta: { text: 'again' } },
  });
});

test('tool calls go on in a new model call, and denied ones are told at the end', async () => {
  const agent = await runScript('say looking\nbash echo hi\nbash python3 x.py\ndeny WebFetch\nsay sorry');
  expect(fold(agent.lines)).toMatchObject({ text: 'looking\n\nsorry', toolCallCount: 3 });
  expect(agent.code).toBe(0);
  expect(agent.result).toMatchObject({
    num_turns: 4,
    permission_denials: [
      { tool_name: 'Bash', tool_input: { command: 'python3 x.py' } },
      { tool_name: 'WebFetch', tool_input: {} },
    ],
  });
});

test('the limits of the command line hold', async () => {
  const turns = await outcomeOf('loop 5', { args: ['--max-turns', '2'] });
  expect(turns).toMatchObject({
    code: 1,
    toolCallCount: 2,
    result: { subtype: 'error_max_turns', numTurns: 3 },
  });
  const budget = await outcomeOf('loop 5', { args: ['--max-budget-usd', '0.02'] });
  expect(budget).toMatchObject({ code: 1, toolCallCount: 3, result: { subtype: 'error_max_budget_usd' } });
});

test('crash, kill and truncate end the process without a result', async () => {
  expect(await outcomeOf('say half\ncrash 3')).toMatchObject({ text: 'half', code: 3, result: null });
  expect(await outcomeOf('say half\ncrash 0')).toMatchObject({ text: 'half', code: 0, result: null });
  expect(await outcomeOf('say half\nkill')).toMatchObject({ text: 'half', code: null, result: null });
  const cut = await runScript('truncate\nsay whole answer');
  expect(cut.code).toBe(0);
  expect(fold(cut.lines)).toMatchObject({ text: 'whole answer', result: null });
  expect(cut.lines.at(-1)).toMatch(/^\{"type":"result"/);
});

test('a recorded stream is replayed to the letter, session id and all', async () => {
  const file = path.join(RECORDINGS, 'tools-mcp-bash.ndjson');
  const agent = await runScript(`replay ${file}`);
  expect(agent.lines).toEqual(readFileSync(file, 'utf8').trimEnd().split('\n'));
  expect(agent.code).toBe(0);
  expect((await runScript(`replay ${path.join(RECORDINGS, 'api-400.ndjson')}`)).code).toBe(1);
  expect((await runScript(`replay ${path.join(RECORDINGS, 'sigterm.ndjson')}`)).result).toBeUndefined();
  expect((await runScript('replay nosuch.ndjson')).result).toMatchObject({ is_error: true });
});

test('files are written and read for real, as far as the rules go', async () => {
  const { cwd, home } = makePlaces();
  const args = ['--allowedTools', 'Edit(**/STUDY_REPORT.md)'];
  const script = 'write STUDY_REPORT.md first\nwrite other.md no\nread STUDY_REPORT.md';
  const agent = await runScript(script, { cwd, home, args });
  expect(agent.text).toBe('1\tfirst');
  expect(readFileSync(path.join(cwd, 'STUDY_REPORT.md'), 'utf8')).toBe('first');
  expect(readdirSync(cwd)).not.toContain('other.md');
});

test('power mode needs no rules, and is refused to root outside a sandbox', async () => {
  const args = ['--dangerously-skip-permissions'];
  const outcome = await outcomeOf('bash touch made && ls made', { args, env: { IS_SANDBOX: '1' } });
  expect(outcome).toMatchObject({ text: 'made', permissionDenials: [] });
  expect(outcome.init!.permissionMode).toBe('bypassPermissions');
  if (process.getuid?.() !== 0) return;
  const refused = new MockAgent({ args });
  expect((await refused.exited).code).toBe(1);
  expect(refused.stderr).toContain('cannot be used with root/sudo privileges');
});

test('a tool that is disallowed is not there', async () => {
  const agent = await runScript('bash ls', { args: ['--disallowedTools', 'Bash'] });
  expect(agent.records[0]!['tools']).not.toContain('Bash');
  expect(agent.toolResults[0]!['content']).toContain('No such tool available: Bash');
});

test('help lists every verb', async () => {
  const { text } = await runScript('help');
  expect(text).toContain('say TEXT: answers TEXT');
  expect(text).toContain('\nfail 400|');
});
