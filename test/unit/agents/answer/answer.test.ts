import { appendFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { AnswerFold, type AnswerUpdate } from '../../../../src/agents/answer/answer.ts';
import { claude } from '../../../../src/agents/claude/agent.ts';
import type { LoggedAnswer } from '../../../../src/agents/answer/answer-source.ts';
import { openClaude, readClaude } from '../../../support/claude-answer.ts';
import { readJsonString } from '../../../../src/agents/process/json-string.ts';
import { readLog } from '../../../../src/agents/process/log-reader.ts';
import { parseLine } from '../../../../src/agents/claude/stream.ts';
import { Random } from '../../../support/random.ts';
import { line, writeLog } from '../../../support/turn-log.ts';

/** The updates a log gives, with runs of text joined. */
function updatesOf(path: string): AnswerUpdate[] {
  const fold = new AnswerFold({ agent: claude, readText: (source) => readJsonString(path, source) });
  const updates: AnswerUpdate[] = [];
  for (const batch of readLog(path, { start: 0 })) {
    for (const { text } of batch) {
      for (const event of parseLine(text)) for (const update of fold.push(event)) add(updates, update);
    }
  }
  return updates;
}

function add(updates: AnswerUpdate[], update: AnswerUpdate): void {
  const last = updates.at(-1);
  if (last?.type === 'text' && update.type === 'text') last.content += update.content;
  else updates.push({ ...update });
}

function textOf(answer: LoggedAnswer): string {
  return [...answer.pieces()].join('');
}

const say = (content: string) => ({ type: 'text', content });

describe('what is heard', () => {
  test.each<[string, unknown[], unknown[]]>([
    ['a preview that is confirmed', [line.delta('a'), line.delta('b'), line.text('ab')], [say('ab')]],
    ['a block without a preview', [line.text('ab')], [say('ab')]],
    ['a block that goes on where its preview ended', [line.delta('a'), line.text('abc')], [say('abc')]],
    [
      'a block that differs',
      [line.delta('one '), line.delta('two'), line.text('second try')],
      [say('one two'), { type: 'discard', length: 7 }, say('second try')],
    ],
    [
      'a block of the same length that differs',
      [line.delta('abc'), line.text('abd')],
      [say('abc'), { type: 'discard', length: 3 }, say('abd')],
    ],
    [
      'a block that is shorter',
      [line.delta('abc'), line.text('ab')],
      [say('abc'), { type: 'discard', length: 3 }, say('ab')],
    ],
    [
      'a model call that is begun again',
      [line.text('kept '), line.delta('lost'), line.messageStart(), line.delta('new'), line.text('new')],
      [say('kept lost'), { type: 'discard', length: 4 }, say('new')],
    ],
    ['an empty block', [line.text('')], []],
    [
      'text behind the result of one turn of many',
      [line.text('mine'), line.result(), line.text('not mine')],
      [say('mine')],
    ],
  ])('%s', (_, lines, expected) => {
    expect(updatesOf(writeLog(lines))).toEqual(expected);
  });

  test('tool calls, with how much of the answer came before', () => {
    const log = [
      line.text('look: '),
      line.toolCall('a', 'Read', { p: 1 }),
      line.toolResult('a', 'found'),
      line.text('!'),
    ];
    expect(updatesOf(writeLog(log))).toEqual([
      say('look: '),
      { type: 'tool_call', id: 'a', name: 'Read', input: { p: 1 }, textOffset: 6 },
      { type: 'tool_result', id: 'a', content: 'found', isError: false, denied: false },
      say('\n\n!'),
    ]);
  });

  const of = (id: string, text: string) =>
    line.text(text, { message: { id, content: [{ type: 'text', text }] } });
  const start = (id: string) => ({
    type: 'stream_event',
    event: { type: 'message_start', message: { id } },
    parent_tool_use_id: null,
  });

  test.each<[string, unknown[], string]>([
    ['of different messages', [of('m1', 'one'), of('m2', 'two'), of('m3', 'three')], 'one\n\ntwo\n\nthree'],
    ['of one message', [of('m1', 'one'), of('m1', 'two')], 'onetwo'],
    ['without the name of a message', [of('', 'one'), line.text('two', { message: { content: [] } })], 'one'],
    [
      'around a tool call of one message',
      [line.text('one'), line.toolCall('a', 'A', {}), line.text('two')],
      'one\n\ntwo',
    ],
    ['around empty ones', [of('m1', 'one'), of('m2', ''), of('m2', 'two'), of('m3', '')], 'one\n\ntwo'],
    ['after a tool call that came first', [line.toolCall('a', 'A', {}), line.text('two')], 'two'],
    [
      'previewed, confirmed and gone on with',
      [
        start('m1'),
        line.delta('one'),
        of('m1', 'one'),
        start('m2'),
        line.delta(''),
        line.delta('tw'),
        of('m2', 'two'),
      ],
      'one\n\ntwo',
    ],
    [
      'previewed while a sub-agent calls a tool',
      [of('m1', 'one'), line.delta('tw'), line.toolCall('a', 'A', {}), line.delta('o'), of('m1', 'two')],
      'onetwo',
    ],
    [
      'begun again by another message',
      [of('m1', 'one'), start('m2'), line.delta('lost'), start('m3'), line.delta('t'), of('m3', 'two')],
      'one\n\ntwo',
    ],
  ])('a blank line between texts %s', (_, lines, expected) => {
    const path = writeLog(lines);
    expect(textOf(readClaude(path, { start: 0 }))).toBe(expected);
    let heard = '';
    for (const update of updatesOf(path)) {
      if (update.type === 'text') heard += update.content;
      if (update.type === 'discard') heard = heard.slice(0, -update.length);
    }
    expect(heard).toBe(expected);
  });
});

describe('the answer', () => {
  test('an unfinished one keeps what was said last', () => {
    const answer = readClaude(writeLog([line.text('whole '), line.delta('half')]), { start: 0 });
    expect(textOf(answer)).toBe('whole half');
    expect(answer.outcome).toMatchObject({ result: null, spent: { costUsd: null }, length: 10 });
  });

  test('a last line without its newline counts', () => {
    const path = writeLog([line.text('a')]);
    appendFileSync(path, JSON.stringify(line.result()));
    expect(readClaude(path, { start: 0 }).outcome.result?.isError).toBe(false);
    appendFileSync(path, '\n{"type":"assis');
    expect(textOf(readClaude(path, { start: 0 }))).toBe('a');
  });

  test('of a log that was never written is empty', () => {
    const answer = readClaude('/no/such/log', { start: 0 });
    expect([textOf(answer), [...answer.toolCalls()], answer.end]).toEqual(['', [], 0]);
  });

  test('is read from where the turn begins to where it ends', () => {
    const path = writeLog([line.text('first'), line.result()]);
    const { end } = readClaude(path, { start: 0 });
    appendFileSync(path, writeLines([line.text('second'), line.result(), line.text('third')]));
    expect(textOf(readClaude(path, { start: end }))).toBe('second');
  });

  test('goes no further than it is asked to', () => {
    const path = writeLog([line.text('one '), line.text('two'), line.result()]);
    const [first, second] = [...readLog(path, { start: 0 })].flat();
    expect(textOf(readClaude(path, { start: 0, end: second?.start }))).toBe('one ');
    expect(readClaude(path, { start: first?.end ?? 0, end: second?.end }).outcome).toMatchObject({
      length: 3,
      result: null,
    });
  });

  test('holds nothing of turns that somebody else asked for, but their cost', () => {
    const path = writeLog([
      line.text('the end of a turn of a peer'),
      line.result({ origin: { kind: 'peer' }, total_cost_usd: 0.1, modelUsage: used(0.1) }),
      line.init({ capabilities: ['msg_lifecycle_v1'] }),
      line.text('a wake-up'),
      line.result({ origin: { kind: 'task-notification' }, modelUsage: used(0.3) }),
      line.started('ours'),
      line.init({ capabilities: ['msg_lifecycle_v1'] }),
      line.text('the answer'),
      line.result({ user_message_uuids: ['ours'], modelUsage: used(0.6) }),
    ]);
    const answer = readClaude(path, { start: 0 }, { uuid: 'ours', isWarm: true });
    expect([textOf(answer), answer.outcome.spent.costUsd]).toEqual(['the answer', 0.6]);
  });

  test('begins with its init, also where a turn of somebody else ends first', () => {
    const fold = new AnswerFold({ agent: claude, readText: () => [], uuid: 'ours', isWarm: true });
    const lines = [
      line.result({ origin: { kind: 'peer' } }),
      line.started('ours'),
      { type: 'system', subtype: 'status', status: 'compacting' },
      line.init({ capabilities: ['msg_lifecycle_v1'] }),
      line.text('the answer'),
    ];
    const events = lines.flatMap((each) => parseLine(JSON.stringify(each)));
    expect(events.flatMap((event) => [...fold.push(event)])).toMatchObject([
      { type: 'init' },
      { type: 'status', status: 'other_turn', detail: { origin: 'peer' } },
      { type: 'status', status: 'compacting' },
      { type: 'text', content: 'the answer' },
    ]);
  });

  test('of an agent that tells no starts begins with its init', () => {
    const path = writeLog([line.init(), line.text('hello'), line.result()]);
    expect(textOf(readClaude(path, { start: 0 }, { uuid: 'ours' }))).toBe('hello');
  });

  test('is a failure where the agent could not begin', () => {
    const path = writeLog([line.result({ is_error: true })]);
    expect(readClaude(path, { start: 0 }, { uuid: 'ours' }).outcome.result?.isError).toBe(true);
  });

  test('is not another message of ours', () => {
    const path = writeLog([line.init(), line.result({ user_message_uuids: ['other'] })]);
    expect(readClaude(path, { start: 0 }, { uuid: 'ours' }).outcome.result).toBeNull();
  });

  const used = (costUSD: number, inputTokens = 0) => ({ m: { inputTokens, outputTokens: 0, costUSD } });
  test.each([
    ['2.1.197', false, 0.3],
    ['2.1.197', true, 0.2],
    ['2.1.276', false, 0.3],
    ['2.1.277', false, 0.2],
    ['2.2.0', false, 0.2],
    ['3.0.1', true, 0.2],
  ])('of claude %s, warm: %s, costs what was spent since', (claude_code_version, isWarm, expected) => {
    const path = writeLog([line.init({ claude_code_version }), line.result({ modelUsage: used(0.3) })]);
    const spentBefore = readClaude(writeLog([line.result({ modelUsage: used(0.1) })]), { start: 0 }).outcome
      .result!.totalUsage;
    const { spent } = readClaude(path, { start: 0 }, { isWarm, spentBefore }).outcome;
    expect(spent.costUsd).toBe(expected);
  });

  test('takes the use since the last result where the agent tells it, of all models', () => {
    const model_usage_since_last_result = { ...used(0.1, 10), sub: { inputTokens: 5, costUSD: 0.2 } };
    const path = writeLog([line.init(), line.result({ modelUsage: used(9), model_usage_since_last_result })]);
    const { spent } = readClaude(path, { start: 0 }, { isWarm: true }).outcome;
    expect(spent).toMatchObject({
      costUsd: 0.3,
      usage: { input_tokens: 15 },
      byModel: { sub: { cost_usd: 0.2 } },
    });
  });

  test.each([
    ['2.1.197', true, 0.3, 0.2, 0.5],
    ['2.1.197', false, 0.3, 0.5, 0.5],
    ['2.1.277', true, 0.3, 0.5, 0.5],
  ])(
    'of claude %s goes on after a limit (new process: %s)',
    (claude_code_version, isNewProcess, first, last, cost) => {
      const path = writeLog([
        line.init({ claude_code_version }),
        line.text('before'),
        line.result({ is_error: true, modelUsage: used(first) }),
        line.init({ claude_code_version }),
        line.text('after'),
        line.result({ modelUsage: used(last) }),
      ]);
      const limited = readClaude(path, { start: 0 }, { uuid: 'ours' });
      expect([textOf(limited), limited.outcome.result?.isError]).toEqual(['before', true]);
      const later = [{ uuid: 'next', isNewProcess }];
      const whole = readClaude(path, { start: 0 }, { uuid: 'ours', later });
      expect([textOf(whole).replace('\n\n', ''), whole.outcome.result?.isError]).toEqual([
        'beforeafter',
        false,
      ]);
      expect(whole.outcome.spent.costUsd).toBe(cost);
    },
  );

  test('of a turn that was followed is opened without reading it first', () => {
    const path = writeLog([
      line.delta('lost'),
      line.text('kept'),
      line.toolCall('a', 'B', {}),
      line.result(),
    ]);
    const { outcome, end } = readClaude(path, { start: 0 });
    const opened = openClaude(path, { start: 0, end }, outcome);
    expect([textOf(opened), [...opened.toolCalls()].length]).toEqual(['kept', 1]);
    expect(textOf(opened)).toBe('kept');
  });
});

describe('tool calls', () => {
  test('come in the order of the calls, each with its own result', () => {
    const { toolCalls } = readClaude(
      writeLog([
        line.toolCall('a', 'A', {}),
        line.toolCall('b', 'B', {}),
        line.toolResult('b', 'of b', true),
        line.toolCall('c', 'C', {}),
        line.toolResult('a', 'of a'),
        line.toolResult('unknown', '?'),
        line.toolCall('d', 'D', {}),
        line.toolResult('d', 'of d'),
      ]),
      { start: 0 },
    );
    expect([...toolCalls()].map(({ id, result, isError }) => [id, result, isError])).toEqual([
      ['a', 'of a', false],
      ['b', 'of b', true],
      ['c', null, false],
      ['d', 'of d', false],
    ]);
  });

  test('denied ones are told, also when the agent could not sum up', () => {
    const denied = 'This command requires approval';
    const path = writeLog([line.toolCall('a', 'Bash', { command: 'x' }), line.toolResult('a', denied, true)]);
    const { outcome, toolCalls } = readClaude(path, { start: 0 });
    expect(outcome.permissionDenials).toEqual([
      { tool_name: 'Bash', tool_use_id: 'a', tool_input: { command: 'x' } },
    ]);
    expect([...toolCalls()]).toMatchObject([{ id: 'a', denied: true }]);
  });
});

describe('a very long answer', () => {
  const text = new Random(3).text(100).repeat(60_000);
  const long = (deltas: string[]) => [
    line.messageStart(),
    ...deltas.map(line.delta),
    line.text(text),
    line.result({ result: text }),
  ];

  test.each<[string, string[]]>([
    ['as it was previewed', [text.slice(0, 3_000_000), text.slice(3_000_000)]],
    ['without a preview', []],
    ['after a preview that was dropped', ['dropped ', '🙂']],
  ])('%s', (_, deltas) => {
    const answer = readClaude(writeLog(long(deltas)), { start: 0 });
    expect(textOf(answer) === text).toBe(true);
    expect(answer.outcome).toMatchObject({ length: text.length, spent: { costUsd: 0.5 } });
    for (const piece of answer.pieces()) expect(piece.length).toBeLessThanOrEqual(256 * 1024);
  });
});

test.each(Array.from({ length: 25 }, (_, seed) => seed))(
  'however often connections drop, the live updates and the stored answer agree (seed %i)',
  (seed) => {
    const random = new Random(seed);
    const log: unknown[] = [];
    let truth = '';
    for (let n = random.below(12); n > 0; n--) {
      const text = random.text(random.below(40));
      const shown = random.pick([text, text.slice(0, random.below(20)), random.text(10), '']);
      for (const piece of random.cut(Buffer.from(shown, 'utf16le'), 8))
        log.push(line.delta(piece.toString('utf16le')));
      if (random.below(4) === 0) log.push(line.messageStart());
      log.push(line.text(text));
      truth += text;
    }
    const path = writeLog(log);
    expect(textOf(readClaude(path, { start: 0 }))).toBe(truth);
    let heard = '';
    for (const update of updatesOf(path)) {
      if (update.type === 'text') heard += update.content;
      if (update.type === 'discard') heard = heard.slice(0, -update.length);
    }
    expect(heard).toBe(truth);
  },
);

function writeLines(lines: unknown[]): string {
  return lines.map((each) => `${JSON.stringify(each)}\n`).join('');
}
