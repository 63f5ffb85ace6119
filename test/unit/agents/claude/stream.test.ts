import { describe, expect, test } from 'vitest';
import { parseLine } from '../../../../src/agents/claude/stream.ts';
import { isDenialText } from '../../../../src/agents/claude/denial.ts';
import { line, readRecording } from '../../../support/turn-log.ts';

const parse = (value: unknown) => parseLine(JSON.stringify(value));

describe('deltas', () => {
  test.each([
    '',
    'plain',
    'a "quoted" word',
    'back\\slash\\',
    '\\"',
    'new\nline',
    '日本 🙂',
    '\u0007',
    '}}"{{',
  ])('%j, by the short way and the long', (content) => {
    const delta = line.delta(content);
    expect(parse(delta)).toEqual([{ type: 'delta', content }]);
    expect(parseLine(JSON.stringify(delta, null, 1).replaceAll('\n', ' '))).toEqual(parse(delta));
  });

  test("a sub-agent's is not the answer's", () => {
    expect(parse({ ...line.delta('x'), parent_tool_use_id: 'toolu_1' })).toEqual([]);
  });

  test('one cut off anywhere is nothing', () => {
    const whole = JSON.stringify(line.delta('a \\" b'));
    for (let length = 0; length < whole.length; length++)
      expect(parseLine(whole.slice(0, length))).toEqual([]);
  });

  test.each(['thinking_delta', 'input_json_delta', 'signature_delta', 'of_the_future'])(
    '%s is no text',
    (type) => {
      const event = { type: 'content_block_delta', index: 0, delta: { type, text: 'x', thinking: 'x' } };
      expect(parse({ type: 'stream_event', event, session_id: 's', parent_tool_use_id: null })).toEqual([]);
    },
  );

  test('every recorded delta is read the same both ways', () => {
    const lines = readRecording('partial-thinking').split('\n').filter(Boolean);
    for (const raw of lines) expect(parseLine(raw)).toEqual(parseLine(` ${raw}`));
  });
});

describe('what is passed over', () => {
  test.each([
    '',
    'not json',
    '[]',
    'null',
    '7',
    '{}',
    '{"type":5}',
    '{"type":"novelty","x":1}',
    '{"type":"system"}',
    '{"type":"system","subtype":"thinking_tokens","estimated_tokens":5}',
    '{"type":"assistant"}',
    '{"type":"assistant","message":{"content":"text"}}',
    '{"type":"assistant","message":{"content":[null,{"type":"text"},{"type":"tool_use"},{"type":"novelty"}]}}',
    '{"type":"user","message":{"content":[{"type":"tool_result"}]}}',
    '{"type":"stream_event"}',
    '{"type":"control_response","response":{"subtype":"success"}}',
  ])('%s', (raw) => {
    expect(parseLine(raw)).toEqual([]);
  });
});

describe('messages', () => {
  test('text and tool calls of one message, in order', () => {
    const content = [
      { type: 'text', text: 'one' },
      { type: 'tool_use', id: 'a', name: 'Read', input: { file: 'x' } },
      { type: 'text', text: 'two' },
    ];
    expect(parse({ type: 'assistant', message: { content }, parent_tool_use_id: null })).toEqual([
      { type: 'block', text: 'one', length: 3 },
      { type: 'tool_call', id: 'a', name: 'Read', input: { file: 'x' } },
      { type: 'block', text: 'two', length: 3 },
    ]);
  });

  test("a sub-agent's text is no answer, but its calls are calls", () => {
    const content = [
      { type: 'text', text: 'muttering' },
      { type: 'tool_use', id: 'a', name: 'Read', input: {} },
    ];
    expect(parse({ type: 'assistant', message: { content }, parent_tool_use_id: 'toolu_1' })).toEqual([
      { type: 'tool_call', id: 'a', name: 'Read', input: {} },
    ]);
  });

  test("the agent's own notice of a failure is no answer", () => {
    expect(parse(line.text('API Error: 500', { error: 'server_error' }))).toEqual([]);
  });

  test.each<[unknown, string]>([
    ['text', 'text'],
    [
      [
        { type: 'text', text: 'a' },
        { type: 'text', text: 'b' },
      ],
      'a\nb',
    ],
    [
      [
        { type: 'image', source: {} },
        { type: 'text', text: 'b' },
      ],
      '[image]\nb',
    ],
    [undefined, ''],
    [[], ''],
  ])('a tool result of %j', (content, expected) => {
    expect(parse(line.toolResult('a', content))).toEqual([
      { type: 'tool_result', id: 'a', content: expected, isError: false, denied: false },
    ]);
  });

  test('words put into the mouth of the user are not heard', () => {
    expect(parse({ type: 'user', message: { content: 'replayed' }, isReplay: true })).toEqual([]);
    const notice = [{ type: 'text', text: '[Request interrupted by user]' }];
    expect(parse({ type: 'user', message: { content: notice } })).toEqual([]);
  });
});

describe('denials', () => {
  test.each([
    "Claude requested permissions to use mcp__atomizer__echo, but you haven't granted it yet.",
    "Claude requested permissions to write to /x, but you haven't granted it yet.",
    'This command requires approval',
    "Permission to use Bash has been denied because Claude Code is running in don't ask mode. IMPORTANT: …",
    'Permission to use Bash with command touch x\ny has been denied.',
    'Cannot write to /x while in plan mode.',
    "touch in '/x' was blocked. For security, Claude Code may only create or modify files in …",
    'Contains command_substitution',
    'This Bash command contains multiple operations. The following part requires approval: tee x',
    'This command uses the `&` background operator, which defers execution past approval-time safety checks.',
    'This command uses shell operators that require approval for safety',
    'Heredoc with unquoted delimiter undergoes shell expansion',
    "'eval' evaluates arguments as shell code",
    "Dangerous rm operation detected: '/'\n\nThis command would remove a critical system directory. …",
    "find with '-delete' executes commands — cannot be auto-allowed by a Bash(find:*) prefix rule",
    '<tool_use_error>Error: No such tool available: Bash. Bash exists but is not enabled</tool_use_error>',
  ])('%s', (text) => {
    expect(parse(line.toolResult('a', text, true))).toMatchObject([{ denied: true, isError: true }]);
    expect(parse(line.toolResult('a', text, false))).toMatchObject([{ denied: false }]);
  });

  test.each([
    "<tool_use_error>Error: No such tool available: mcp__atomizer__echo. The MCP server 'atomizer' is still connecting.",
    '<tool_use_error>Error: No such tool available: Imagined.</tool_use_error>',
    '<tool_use_error>Error: No such tool available: Glob. Glob is not available in this session</tool_use_error>',
    'Exit code 1\nContains errors',
    "The user doesn't want to proceed with this tool use. The tool use was rejected …",
    'MCP error -32000: Connection closed',
    'grep: /root: Permission denied',
  ])('no denial: %s', (text) => {
    expect(isDenialText(text)).toBe(false);
  });
});

describe('status', () => {
  test('what the agent waits for', () => {
    expect(parse({ type: 'system', subtype: 'status', status: 'requesting' })).toEqual([
      { type: 'status', status: 'requesting', detail: {} },
    ]);
    expect(parse({ type: 'system', subtype: 'status', status: null })).toEqual([]);
  });

  test('a retry, with how many and how long', () => {
    const detail = {
      attempt: 1,
      max_retries: 10,
      retry_delay_ms: 510,
      error_status: 401,
      error: 'overloaded',
    };
    expect(parse({ type: 'system', subtype: 'api_retry', ...detail, uuid: 'u' })).toEqual([
      { type: 'status', status: 'retrying', detail },
    ]);
  });
});

describe('results', () => {
  test('a result that does not say it is no error is one', () => {
    expect(parse({ type: 'result', subtype: 'success' })).toMatchObject([
      { isError: true, totalCostUsd: null },
    ]);
  });

  test('the message is that of the failure only', () => {
    expect(parse(line.result())).toMatchObject([{ isError: false, message: '' }]);
    expect(parse(line.result({ is_error: true, result: 'broken' }))).toMatchObject([{ message: 'broken' }]);
    const errors = ['first', 'second'];
    expect(parse(line.result({ is_error: true, result: undefined, errors }))).toMatchObject([
      { message: 'first\nsecond' },
    ]);
  });
});
