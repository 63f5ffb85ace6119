import { expect, it } from 'vitest';
import { isDenialText } from '../../../../src/agents/claude/denial.ts';
import { buildPermissionAnswerLine } from '../../../../src/agents/claude/permission.ts';
import { buildRule } from '../../../../src/agents/claude/rule.ts';
import { parseLine } from '../../../../src/agents/claude/stream.ts';

const ask = (input: unknown, more: object = {}): string =>
  JSON.stringify({
    type: 'control_request',
    request_id: 'c2b8b8df-df77-46fa-92f1-2274bcf86887',
    request: { subtype: 'can_use_tool', tool_name: 'Bash', tool_use_id: 'toolu_1', input, ...more },
  });

it('a request to use a tool has the same id wherever it is read, and the rule for just that', () => {
  const input = { command: 'touch (a)', description: 'd' };
  const [event] = parseLine(ask(input));
  expect(event).toEqual({
    type: 'permission_request',
    requestId: 'c2b8b8df-df77-46fa-92f1-2274bcf86887',
    id: expect.stringMatching(/^[0-9a-f]{12}$/),
    toolUseId: 'toolu_1',
    tool: 'Bash',
    input,
    rule: String.raw`Bash(touch \(a\))`,
  });
  expect(parseLine(ask(input))).toEqual([event]);
});

it('an input that can not be held whole is none', () => {
  const deep = JSON.parse(`${'['.repeat(300)}${']'.repeat(300)}`) as unknown;
  expect(parseLine(ask({ deep }))).toMatchObject([{ input: null, rule: null }]);
  expect(parseLine(ask('text'))).toMatchObject([{ input: null, rule: null }]);
});

it('other requests ask nothing, and a cancelled one says so', () => {
  expect(parseLine(ask({}, { subtype: 'other' }))).toEqual([]);
  expect(parseLine('{"type":"control_cancel_request","request_id":"r"}')).toEqual([
    { type: 'permission_cancelled', requestId: 'r' },
  ]);
});

it.each([
  'Error: Tool permission stream closed before response received',
  'AbortError: Tool permission stream closed before response received',
  'Error: Stream closed',
  'AbortError: Stream closed',
])('a question that nobody could take (%s) is told with its result', (why) => {
  const block = { type: 'tool_result', tool_use_id: 't', content: `Tool permission request failed: ${why}` };
  const line = (is_error: boolean) =>
    JSON.stringify({ type: 'user', message: { content: [{ ...block, is_error }] } });
  expect(parseLine(line(true))).toMatchObject([
    { type: 'tool_result', denied: true },
    { type: 'permission_lost' },
  ]);
  expect(parseLine(line(false))).toMatchObject([{ type: 'tool_result', denied: false }]);
});

it.each([
  ['Bash', { command: ' touch a ' }, 'Bash(touch a)'],
  ['Bash', { command: String.raw`echo '\(' && ls` }, String.raw`Bash(echo '\\\(' && ls)`],
  ['Bash', { command: 'rm *.tmp' }, null],
  ['Bash', { command: 'git:*' }, null],
  ['Bash', { command: '  ' }, null],
  ['Bash', {}, null],
  ['WebFetch', { url: 'https://example.org:8080/a?b', prompt: 'x' }, 'WebFetch(domain:example.org)'],
  ['WebFetch', { url: 'nonsense' }, null],
  ['Write', { file_path: '/etc/passwd', content: '' }, 'Write'],
  ['mcp__server__tool', {}, 'mcp__server__tool'],
  ['', {}, null],
])('the rule for %s %j is %j', (tool, input, rule) => {
  expect(buildRule(tool, input)).toBe(rule);
});

const answerOf = (line: string): unknown => {
  expect(line.endsWith('\n')).toBe(true);
  const { response } = JSON.parse(line) as { response: { subtype: string; request_id: string } };
  expect(response).toMatchObject({ subtype: 'success', request_id: 'r' });
  return (response as { response?: unknown }).response;
};

it('an allowed call is given its input back, and the rule as claude keeps it', () => {
  const input = { command: 'x' };
  const allow = (rule: string | null) =>
    answerOf(buildPermissionAnswerLine('r', { isAllowed: true, input, rule }));
  expect(allow(null)).toEqual({ behavior: 'allow', updatedInput: input });
  const update = (rule: object) => [
    { type: 'addRules', rules: [rule], behavior: 'allow', destination: 'session' },
  ];
  expect(allow(String.raw`Bash(echo '\\\(')`)).toMatchObject({
    updatedPermissions: update({ toolName: 'Bash', ruleContent: String.raw`echo '\('` }),
  });
  expect(allow('Write')).toMatchObject({ updatedPermissions: update({ toolName: 'Write' }) });
});

it('a denied call is told why', () => {
  expect(answerOf(buildPermissionAnswerLine('r', { isAllowed: false, message: 'No.' }))).toEqual({
    behavior: 'deny',
    message: 'No.',
  });
});

it.each([
  'The user denied this call.',
  'The user denied this call: no',
  'Nobody approved this call in time.',
])('%s is a denial', (text) => {
  expect(isDenialText(text)).toBe(true);
});
