import { beforeEach, describe, expect, test } from 'vitest';
import type { Store } from '../../src/store/store.ts';
import type { MessageFilter } from '../../src/store/message-store.ts';
import { newSession, newTurn, turnEnd } from '../support/store-model.ts';
import { makeSubject } from './subject.ts';

const ID = '0000aaaa';
let store: Store;
beforeEach(async () => {
  store = await (await makeSubject()).open();
  await store.sessions.insert(newSession({ id: ID }));
  return () => store.close();
});

/** Stores one turn with its answer. Returns its id. */
async function ask(message: string, answer: Iterable<string>, at = 2_000): Promise<number> {
  const { turn } = await store.turns.enqueue(newTurn(ID, { message, at }));
  await store.turns.finish(turn.id, 'me', turnEnd({ answer, endedAt: at + 1 }));
  return turn.id;
}

async function readContent(id: number): Promise<string[]> {
  const pieces: string[] = [];
  for await (const piece of store.messages.readContent(id)) pieces.push(piece);
  return pieces;
}

test('question and answer are messages with ids of their turn', async () => {
  await ask('How are you?', ['Well', ', ', 'thanks.']);
  expect(await store.messages.list({ sessionId: ID })).toEqual([
    {
      id: 2,
      sessionId: ID,
      turnId: 1,
      role: 'user',
      content: 'How are you?',
      status: 'completed',
      files: [],
      toolCalls: [],
      output: null,
      costUsd: 0,
      createdAt: 2_000,
    },
    {
      id: 3,
      sessionId: ID,
      turnId: 1,
      role: 'assistant',
      content: 'Well, thanks.',
      status: 'completed',
      files: [],
      toolCalls: [],
      output: null,
      costUsd: 0.25,
      createdAt: 2_001,
    },
  ]);
});

test('a structured answer is with the turn and the answer', async () => {
  const output = { count: 3, of: ['é', null] };
  const { turn } = await store.turns.enqueue(newTurn(ID));
  await store.turns.finish(turn.id, 'me', turnEnd({ output }));
  expect(await store.turns.find(turn.id)).toMatchObject({ output });
  expect(await store.messages.list({ sessionId: ID })).toMatchObject([{ output: null }, { output }]);
});

test('a message has the status of its turn', async () => {
  const { turn } = await store.turns.enqueue(newTurn(ID));
  const status = async () => (await store.messages.list({ sessionId: ID }))[0]?.status;
  expect(await status()).toBe('running');
  await store.turns.finish(turn.id, 'me', turnEnd({ status: 'interrupted', answer: [] }));
  expect(await status()).toBe('interrupted');
});

test('no answer is a message only when the turn was completed', async () => {
  await ask('a', []);
  const { turn } = await store.turns.enqueue(newTurn(ID));
  await store.turns.finish(turn.id, 'me', turnEnd({ status: 'failed', answer: ['', ''] }));
  expect((await store.messages.list({ sessionId: ID })).map(({ id, content }) => [id, content])).toEqual([
    [2, 'a'],
    [3, ''],
    [4, 'Hello'],
  ]);
  expect(await store.sessions.find(ID)).toMatchObject({ messageCount: 3 });
});

test('picks by place, role and time', async () => {
  for (let n = 1; n <= 4; n++) await ask(`q${n}`, [`a${n}`], n * 1_000);
  const pick = async (filter: Omit<MessageFilter, 'sessionId'>): Promise<string> =>
    (await store.messages.list({ sessionId: ID, ...filter })).map(({ content }) => content).join(' ');
  expect(await pick({})).toBe('q1 a1 q2 a2 q3 a3 q4 a4');
  expect(await pick({ limit: 3 })).toBe('a3 q4 a4');
  expect(await pick({ first: 3 })).toBe('q1 a1 q2');
  expect(await pick({ first: 2, after: 5 })).toBe('q3 a3');
  expect(await pick({ limit: 0 })).toBe('');
  expect(await pick({ before: 6, limit: 2 })).toBe('q2 a2');
  expect(await pick({ after: 7 })).toBe('q4 a4');
  expect(await pick({ role: 'user', limit: 2 })).toBe('q3 q4');
  expect(await pick({ since: 3_001 })).toBe('a3 q4 a4');
  expect(await store.messages.list({ sessionId: '0000bbbb' })).toEqual([]);
});

test('tool calls keep their order and everything in them', async () => {
  const toolCalls = [
    {
      id: 't2',
      name: 'Bash',
      input: { command: 'ls' },
      result: 'a\0b',
      isError: false,
      denied: false,
      textOffset: 4,
    },
    { id: 't1', name: 'mcp__x__y', input: null, result: null, isError: true, denied: true, textOffset: 9 },
  ];
  const { turn } = await store.turns.enqueue(newTurn(ID));
  await store.turns.finish(turn.id, 'me', turnEnd({ toolCalls: toolCalls.values() }));
  const expected = toolCalls.map((call) => ({ ...call, turnId: turn.id }));
  expect(await store.turns.toolCalls(turn.id)).toEqual(expected);
  const of = async (options?: { toolCalls: boolean }) =>
    (await store.messages.list({ sessionId: ID }, options)).map((message) => message.toolCalls);
  expect(await of({ toolCalls: true })).toEqual([[], expected]);
  expect(await of()).toEqual([[], []]);
});

describe('long contents', () => {
  const long = 'ab😀é\0'.repeat(100_000);

  test('come back whole, or piece by piece', async () => {
    const turn = await ask(long, [long.slice(0, 7), '', long.slice(7)]);
    const messages = await store.messages.list({ sessionId: ID }, { whole: true });
    expect(messages.map(({ content, isCut }) => [content === long, isCut])).toEqual([
      [true, undefined],
      [true, undefined],
    ]);
    const beginnings = await store.messages.list({ sessionId: ID });
    expect(beginnings.map(({ content, isCut }) => [long.startsWith(content), isCut])).toEqual([
      [true, true],
      [true, true],
    ]);
    const pieces = await readContent(2 * turn + 1);
    expect(pieces.join('') === long).toBe(true);
    expect(pieces.length).toBeGreaterThan(3);
    expect(Math.max(...pieces.map((piece) => Buffer.byteLength(piece)))).toBeLessThanOrEqual(256 * 1024);
    expect((await readContent(2 * turn)).join('') === long).toBe(true);
    expect(await readContent(99)).toEqual([]);
  });

  test('go when their turn is withdrawn', async () => {
    await store.turns.enqueue(newTurn(ID));
    const { turn } = await store.turns.enqueue(newTurn(ID, { message: long }));
    await store.turns.withdraw(turn.id, turn.owner!);
    expect(await readContent(2 * turn.id)).toEqual([]);
    await ask('next', []);
  });
});
