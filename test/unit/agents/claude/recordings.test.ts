import type { UsageByModel } from '../../../../src/model/usage.ts';
import { describe, expect, test } from 'vitest';
import { AnswerFold, type AnswerUpdate } from '../../../../src/agents/answer/answer.ts';
import { claude } from '../../../../src/agents/claude/agent.ts';
import { readClaude } from '../../../support/claude-answer.ts';
import { classifyFailure } from '../../../../src/agents/claude/failure.ts';
import { parseLine } from '../../../../src/agents/claude/stream.ts';
import { listRecordings, readRecording, recordingPath } from '../../../support/turn-log.ts';

/** What a person who read the first turn of a recording would say of it. */
interface Reading {
  answer: string;
  ended: 'completed' | 'failed' | 'open';
  costUsd: number | null;
  denied?: string[];
  tools?: string[];
  code?: string;
}

const LOOP = { tools: ['mcp__atomizer__echo', 'mcp__atomizer__echo'] };
const HELLO = 'Héllo wörld — 日本語 🙂🙂\n2 lines';
const done = (costUsd: number, answer = 'done'): Reading => ({ answer, ended: 'completed', costUsd });
const failed = (code = 'AGENT_FAILED', answer = '', costUsd = 0): Reading => ({
  answer,
  ended: 'failed',
  costUsd,
  code,
});
const DENIED = ['mcp__atomizer__echo', 'Bash', 'Bash', 'Read', 'Write', 'Write', 'WebFetch'];
const TEN = 'mcp__atomizer__echo Bash Bash Bash Read Read Write Read Write WebFetch'.split(' ');

const OLDER: Record<string, Reading> = {
  'api-400': failed(),
  'api-400-credit': failed(),
  'api-401-3min': failed('NOT_LOGGED_IN'),
  'api-404-model': failed(),
  'api-429-final': failed('LIMIT_REACHED'),
  'api-429-recovered': done(0.008325, 'recovered'),
  'api-500-final': failed(),
  'api-529-final': failed('OVERLOADED'),
  'api-refused': failed(),
  'api-reset': failed(),
  'api-timeout': failed(),
  basic: done(0.00846, HELLO),
  'bypass-sandbox': { ...done(0.113675), tools: TEN },
  'control-interrupt': failed('INTERRUPTED', 'w0 w1 w2 w3 w4 w5 w6 '),
  'control-permission': { ...done(0.017255), denied: ['Bash'], tools: ['Bash'] },
  'denied-default': { ...done(0.116995), denied: DENIED, tools: TEN },
  'denied-dontask': { ...done(0.147605), denied: DENIED, tools: TEN },
  'denied-plan': { ...done(0.18472), denied: DENIED, tools: TEN },
  'drop-later-block': failed('AGENT_FAILED', 'A whole block, half a block', 0.000175),
  'drop-midstream': done(0.008325, 'second try'),
  'empty-answer': done(0.01671, ''),
  fork: done(0.008595, 'hello'),
  'hang-killed': { answer: '', ended: 'open', costUsd: null, code: 'AGENT_FAILED' },
  'json-schema': { ...done(0.00835, '{"name":"Bob"}'), tools: ['StructuredOutput'] },
  'max-budget': {
    ...failed('BUDGET_EXCEEDED', 'loop\n\nloop\n\nloop', 0.026595),
    tools: [...LOOP.tools, ...LOOP.tools.slice(1)],
  },
  'max-tokens': done(0.016955, 'cut off\n\nmore'),
  'max-turns': { ...failed('TURN_LIMIT', 'loop\n\nloop', 0.017055), ...LOOP },
  'mcp-crash': { ...done(0.025955), ...LOOP },
  'mcp-failed': done(0.0083, 'hello'),
  'mcp-pending': { ...done(0.017225, 'calling\n\ndone'), tools: ['mcp__atomizer__echo'] },
  'mcp-tool-iserror': { ...done(0.01687), tools: ['mcp__atomizer__fail'] },
  'mcp-wait': { ...done(0.025975), tools: ['WaitForMcpServers', 'mcp__atomizer__echo'] },
  'not-logged-in': failed('NOT_LOGGED_IN'),
  'partial-thinking': done(0.00856, HELLO),
  'persistent-3-turns': done(0.00828, 'one'),
  'prompt-too-long': failed(),
  refusal: failed('AGENT_FAILED', 'no', 0.008275),
  resume: done(0.00849, 'answer two'),
  'resume-json-missing': { answer: '', ended: 'open', costUsd: null, code: 'AGENT_FAILED' },
  'resume-missing': failed(),
  'resume-other-cwd': failed(),
  sigint: failed('INTERRUPTED', 'w0 w1 w2 w3 w4 w5 w6 w7 w8 w9 '),
  'sigint-bash': { ...failed('INTERRUPTED', '', 0.008515), tools: ['Bash'] },
  sigkill: { answer: 'w0 w1 w2 w3 w4 w5 w6 w7 w8 w9 ', ended: 'open', costUsd: null, code: 'AGENT_FAILED' },
  sigterm: {
    answer: 'w0 w1 w2 w3 w4 w5 w6 w7 w8 w9 w10 ',
    ended: 'open',
    costUsd: null,
    code: 'AGENT_FAILED',
  },
  'slash-compact': done(0, 'Error: No messages to compact'),
  'slash-unknown': done(0, 'Unknown command: /nosuch'),
  'sse-error-midstream': done(0.00835, 'after sse error'),
  'sub-agent': { ...done(0.060175, 'ok'), tools: ['Task'] },
  'tools-mcp-bash': { ...done(0.02628, 'calling\n\ndone'), tools: ['mcp__atomizer__echo', 'Bash'] },
};

const CALL_COST = 0.00014;

const NEWER: Record<string, Reading> = {
  answer: done(CALL_COST, 'two words'),
  background: { ...done(2 * CALL_COST, 'It runs.'), tools: ['Bash'] },
  denied: {
    ...done(11 * CALL_COST, 'All done.'),
    denied: ['Bash', 'Bash', 'Bash', 'Bash', 'Write', 'WebFetch', 'Bash', 'Monitor'],
    tools: 'Bash Bash Bash Bash Write Read WebFetch Bash Monitor Bash'.split(' '),
  },
  'drop-first-block': done(2 * CALL_COST, 'second try'),
  'drop-later-block': done(0.00036, 'A whole block, \n\nand the rest'),
  'failure-400': failed(),
  'failure-401': failed('NOT_LOGGED_IN'),
  'failure-404': failed(),
  'failure-429': failed('LIMIT_REACHED'),
  'failure-500': failed(),
  'failure-529': failed('OVERLOADED'),
  forked: done(0.006, 'ok'),
  interrupted: failed('INTERRUPTED', 'w0 w1 w2 w3 w4 w5 w6 w7 w8 w9 w10 w11 w12 w13 w14 w15 ', 0.0004),
  'interrupted-tool': { ...failed('INTERRUPTED', '', CALL_COST), tools: ['Bash'] },
  killed: {
    answer: 'w0 w1 w2 w3 w4 w5 w6 w7 w8 w9 w10 w11 w12 ',
    ended: 'open',
    costUsd: null,
    code: 'AGENT_FAILED',
  },
  'max-budget': { ...failed('BUDGET_EXCEEDED', '', CALL_COST), tools: ['Bash'] },
  'max-turns': { ...failed('TURN_LIMIT', '', CALL_COST), tools: ['Bash'] },
  'mcp-failed': done(CALL_COST, 'ok'),
  'no-credit': failed(),
  'not-logged-in': failed('NOT_LOGGED_IN'),
  'process-of-two-turns': done(0.006, 'ok'),
  'prompt-too-long': failed(),
  refusal: failed('AGENT_FAILED', 'no\n\nno', 2 * CALL_COST),
  refused: failed(),
  reset: failed(),
  'resume-missing': failed(),
  resumed: done(0.006, 'ok'),
  'stream-error': done(CALL_COST, 'second try'),
  'sub-agent': { ...done(0.01139, 'ok'), tools: ['Task'] },
  text: done(CALL_COST, 'two words'),
  tools: {
    ...done(0.0007, 'Done.'),
    denied: ['Bash', 'Write'],
    tools: ['Bash', 'Bash', 'Bash', 'Write'],
  },
  unreachable: failed(),
  'usage-limit': failed('LIMIT_REACHED'),
};

const READINGS = { '2.1.197': OLDER, '2.1.332': NEWER } as const;
const VERSIONS = Object.keys(READINGS) as (keyof typeof READINGS)[];

test.each(VERSIONS)('every recording of %s has a reading', (version) => {
  expect(Object.keys(READINGS[version]).toSorted()).toEqual(listRecordings(version).toSorted());
});

const EACH = VERSIONS.flatMap((version) => listRecordings(version).map((name) => [version, name] as const));

describe.each(EACH)('%s %s', (version, name) => {
  const expected = READINGS[version][name] as Reading;
  const answer = readClaude(recordingPath(name, version), { start: 0 });
  const { outcome } = answer;

  test('answer and outcome', () => {
    expect({
      answer: [...answer.pieces()].join(''),
      length: outcome.length,
      ended: outcome.result === null ? 'open' : outcome.result.isError ? 'failed' : 'completed',
      costUsd: outcome.spent.costUsd,
      tools: [...answer.toolCalls()].map((call) => call.name),
      denied: outcome.permissionDenials.map((denial) => denial.tool_name),
    }).toEqual({
      answer: expected.answer,
      length: expected.answer.length,
      ended: expected.ended,
      costUsd: expected.costUsd,
      tools: expected.tools ?? [],
      denied: expected.denied ?? [],
    });
  });

  test('the failure, if any', () => {
    if (expected.code === undefined) return expect(outcome.result?.isError).toBe(false);
    const failure = classifyFailure({ result: outcome.result });
    expect(failure.code).toBe(expected.code);
    expect(failure.message).not.toBe('');
  });

  test('live updates add up to the stored answer', () => {
    expect(hear(readRecording(name, version))).toBe(expected.answer);
  });
});

/** The answer as someone hears it who takes back what is discarded. */
function hear(log: string): string {
  const fold = new AnswerFold({ agent: claude, readText: () => [] });
  let heard = '';
  for (const raw of log.split('\n')) {
    for (const event of parseLine(raw)) for (const update of fold.push(event)) heard = apply(heard, update);
  }
  return heard;
}

function apply(heard: string, update: AnswerUpdate): string {
  if (update.type === 'text') return heard + update.content;
  return update.type === 'discard' ? heard.slice(0, -update.length) : heard;
}

test('the turns of one process are told apart, each with its own cost', () => {
  const path = recordingPath('persistent-3-turns');
  const turns = [];
  let spentBefore: UsageByModel | null = null;
  for (let start = 0; turns.length < 3;) {
    const { pieces, outcome, end } = readClaude(path, { start }, { isWarm: true, spentBefore });
    turns.push([[...pieces()].join(''), outcome.spent.costUsd]);
    spentBefore = outcome.result?.totalUsage ?? null;
    start = end;
  }
  expect(turns).toEqual([
    ['one', 0.00828],
    ['two', 0.00843],
    ['three', 0.00858],
  ]);
});

test('denied calls are marked, also those that only the result tells of', () => {
  const { toolCalls } = readClaude(recordingPath('control-permission'), { start: 0 });
  expect([...toolCalls()]).toMatchObject([
    { name: 'Bash', denied: true, isError: true, result: 'session says no' },
  ]);
  const calls = [...readClaude(recordingPath('denied-default'), { start: 0 }).toolCalls()];
  expect(calls.filter((call) => call.denied)).toHaveLength(7);
});

test.each(['2.1.197', '2.1.332'] as const)(
  'each denied call of %s is known as its result comes',
  (version) => {
    const name = version === '2.1.332' ? 'denied' : 'denied-default';
    const fold = new AnswerFold({ agent: claude, readText: () => [] });
    const heard: [string, boolean | null][] = [];
    for (const raw of readRecording(name, version).split('\n')) {
      for (const event of parseLine(raw)) {
        for (const update of fold.push(event))
          if (update.type === 'tool_result') heard.push([update.id, update.denied]);
      }
    }
    const denied = fold.outcome.permissionDenials.map(({ tool_use_id }) => tool_use_id);
    expect(heard.filter(([, isDenied]) => isDenied === true).map(([id]) => id)).toEqual(denied);
    expect(denied.length).toBeGreaterThan(6);
  },
);

test('what a sub-agent used is counted to its model', () => {
  const { byModel, usage } = readClaude(recordingPath('sub-agent', '2.1.332'), { start: 0 }).outcome.spent;
  expect(byModel).toMatchObject({
    'claude-opus-5-5': { input_tokens: 1010, output_tokens: 105 },
    'claude-haiku-5-5': { input_tokens: 50_000, output_tokens: 500 },
  });
  expect(usage).toMatchObject({ input_tokens: 51_010, output_tokens: 605 });
});

test('a call that was under way at the end has no result of its own making', () => {
  const { toolCalls } = readClaude(recordingPath('max-budget'), { start: 0 });
  expect([...toolCalls()].map((call) => [call.result, call.textOffset])).toEqual([
    ['echo: x', 4],
    ['echo: x', 10],
    [null, 16],
  ]);
});
