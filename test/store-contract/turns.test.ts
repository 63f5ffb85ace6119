import { beforeEach, describe, expect, test } from 'vitest';
import type { Store } from '../../src/store/store.ts';
import { newSession, newTurn, turnEnd } from '../support/store-model.ts';
import { makeSubject } from './subject.ts';

const ID = '0000aaaa';
let store: Store;
beforeEach(async () => {
  store = await (await makeSubject()).open();
  await store.sessions.insert(newSession({ id: ID }));
  return () => store.close();
});

const enqueue = async (owner = 'me', sessionId = ID) =>
  (await store.turns.enqueue(newTurn(sessionId, { owner }))).turn;
const idsOf = (turns: { id: number }[]): number[] => turns.map(({ id }) => id);

test('the first turn starts at once; the next ones queue behind it, in order', async () => {
  const first = await store.turns.enqueue(newTurn(ID, { at: 2_000 }));
  expect(first).toEqual({
    holders: [],
    turn: {
      id: 1,
      sessionId: ID,
      status: 'running',
      owner: 'me',
      continuity: null,
      limits: newTurn(ID).limits,
      errorCode: null,
      errorMessage: null,
      retryAt: null,
      usage: null,
      usageByModel: null,
      costUsd: 0,
      numTurns: null,
      permissionDenials: [],
      output: null,
      durationMs: null,
      ttftMs: null,
      model: null,
      agentVersion: null,
      exitCode: null,
      queuedAt: 2_000,
      startedAt: 2_000,
      endedAt: null,
    },
  });
  const second = await store.turns.enqueue(newTurn(ID));
  const third = await store.turns.enqueue(newTurn(ID));
  expect(second.turn).toMatchObject({ status: 'queued', startedAt: null });
  expect(idsOf(third.holders)).toEqual([1, 2]);
  expect(await store.turns.start(3, 'me', 5_000)).toBe(false);
  expect(await store.turns.start(2, 'me', 5_000)).toBe(false);
  await store.turns.finish(1, 'me', turnEnd());
  expect(await store.turns.start(3, 'me', 5_000)).toBe(false);
  expect(await store.turns.start(2, 'someone else', 5_000)).toBe(false);
  expect(await store.turns.start(2, 'me', 5_000)).toBe(true);
  expect(await store.turns.start(2, 'me', 5_000)).toBe(false);
  expect(await store.turns.find(2)).toMatchObject({ status: 'running', startedAt: 5_000 });
});

test('turns of other sessions hold nobody up', async () => {
  await store.sessions.insert(newSession({ id: '0000bbbb' }));
  await enqueue();
  expect((await enqueue('me', '0000bbbb')).status).toBe('running');
  expect(idsOf(await store.turns.open())).toEqual([1, 2]);
  expect(idsOf(await store.turns.open('0000bbbb'))).toEqual([2]);
});

test('a turn of no session is refused, and leaves nothing', async () => {
  await expect(store.turns.enqueue(newTurn('0000bbbb'))).rejects.toMatchObject({ code: 'NO_SESSION' });
  expect(await store.turns.open()).toEqual([]);
});

test('what a turn ended with is all there', async () => {
  const { id } = await enqueue();
  const end = turnEnd({
    status: 'failed',
    continuity: 'replay',
    errorCode: 'AGENT_FAILED',
    errorMessage: 'It failed.',
    retryAt: null,
    usage: { input_tokens: 1, output_tokens: 2, cache_read_input_tokens: 3, cache_creation_input_tokens: 4 },
    permissionDenials: [{ tool_name: 'Bash', tool_use_id: 't1', tool_input: { command: 'ls' } }],
  });
  expect(await store.turns.finish(id, 'me', end)).toBe(true);
  const { answer: _, toolCalls: __, agentSession: ___, ...ended } = end;
  expect(await store.turns.find(id)).toMatchObject(ended);
  expect(await store.turns.open()).toEqual([]);
});

test('a turn ends once, by its owner', async () => {
  const { id } = await enqueue();
  expect(await store.turns.finish(id, 'someone else', turnEnd())).toBe(false);
  expect(await store.turns.finish(id, 'me', turnEnd({ answer: ['first'] }))).toBe(true);
  expect(await store.turns.finish(id, 'me', turnEnd({ answer: ['second'] }))).toBe(false);
  expect(await store.turns.finish(99, 'me', turnEnd())).toBe(false);
  const messages = await store.messages.list({ sessionId: ID });
  expect(messages.map(({ content }) => content)).toEqual(['Hello', 'first']);
  expect(await store.sessions.find(ID)).toMatchObject({ messageCount: 2, costUsd: 0.25 });
});

test('an end that fails on the way is as if it had not been tried', async () => {
  const { id } = await enqueue();
  const answer = (function* () {
    yield 'x'.repeat(1_000_000);
    throw new Error('The log could not be read.');
  })();
  await expect(store.turns.finish(id, 'me', turnEnd({ answer }))).rejects.toThrow(
    'The log could not be read.',
  );
  expect(await store.turns.find(id)).toMatchObject({ status: 'running', endedAt: null });
  expect(await store.messages.list({ sessionId: ID })).toHaveLength(1);
  expect(await store.turns.finish(id, 'me', turnEnd())).toBe(true);
});

test('an open turn is taken over only from who has it', async () => {
  const { id } = await enqueue('dead');
  expect(await store.turns.adopt(id, 'someone else', 'me')).toBeUndefined();
  expect(await store.turns.adopt(id, null, 'me')).toBeUndefined();
  const owner = (await store.turns.adopt(id, 'dead', 'me'))!;
  expect(owner).toMatch(/^me(#2)?$/);
  expect(await store.turns.adopt(id, 'dead', 'too late')).toBeUndefined();
  expect(await store.turns.finish(id, 'dead', turnEnd())).toBe(false);
  expect(await store.turns.disown(id, 'dead')).toBe(false);
  expect(await store.turns.disown(id, owner)).toBe(true);
  expect(await store.turns.finish(id, owner, turnEnd())).toBe(false);
  const again = (await store.turns.adopt(id, null, 'me'))!;
  expect(await store.turns.finish(id, again, turnEnd())).toBe(true);
  expect(await store.turns.adopt(id, again, 'someone else')).toBeUndefined();
});

test('an open turn can be withdrawn by its owner as if never asked, and its number is not used again', async () => {
  await enqueue();
  const { id } = await enqueue();
  expect(await store.turns.withdraw(id, 'someone else')).toBe(false);
  expect(await store.turns.withdraw(id, 'me')).toBe(true);
  expect(await store.turns.withdraw(id, 'me')).toBe(false);
  expect(await store.turns.find(id)).toBeUndefined();
  expect(await store.sessions.find(ID)).toMatchObject({ turnCount: 1, messageCount: 1 });
  expect(await store.messages.list({ sessionId: ID })).toHaveLength(1);
  expect((await enqueue()).id).toBe(id + 1);
});

test('the last turns, newest first', async () => {
  for (let n = 0; n < 4; n++) await enqueue();
  expect(idsOf(await store.turns.last(ID, 2))).toEqual([4, 3]);
  expect(await store.turns.last('0000bbbb', 2)).toEqual([]);
});

test('an ended turn is not withdrawn', async () => {
  const { id } = await enqueue();
  await store.turns.finish(id, 'me', turnEnd());
  expect(await store.turns.withdraw(id, 'me')).toBe(false);
  expect(await store.messages.list({ sessionId: ID })).toHaveLength(2);
});

describe('money of a limit', () => {
  const since = 1_000;
  const reserve = async (wantedUsd: number | null, limitUsd = 10) => {
    const { id } = await enqueue();
    return { id, ...(await store.turns.reserve(id, { owner: 'me', since, limitUsd, wantedUsd })) };
  };
  const end = (id: number, costUsd: number, endedAt = 2_000) =>
    store.turns.finish(id, 'me', turnEnd({ costUsd, endedAt }));

  test('is reserved until a turn ends, and spent then', async () => {
    const first = await reserve(4);
    expect(first).toMatchObject({ spentUsd: 0, reservedUsd: 0, grantedUsd: 4 });
    expect((await store.turns.find(first.id))!.limits).toMatchObject({ maxBudgetUsd: 4, reservedUsd: 4 });
    expect(await reserve(7)).toMatchObject({ reservedUsd: 4, grantedUsd: null });
    const second = await reserve(6);
    expect(second).toMatchObject({ reservedUsd: 4, grantedUsd: 6 });
    expect(await reserve(null)).toMatchObject({ reservedUsd: 10, grantedUsd: null });
    await end(first.id, 1.5);
    expect(await store.turns.spending(since)).toEqual({ spentUsd: 1.5, reservedUsd: 6 });
    expect(await reserve(null)).toMatchObject({ spentUsd: 1.5, reservedUsd: 6, grantedUsd: 2.5 });
  });

  test('is what is left where nobody else runs, and nothing when all is spent', async () => {
    const { id } = await reserve(99);
    expect((await store.turns.find(id))!.limits.reservedUsd).toBe(10);
    await end(id, 10);
    expect(await reserve(0.01)).toMatchObject({ spentUsd: 10, reservedUsd: 0, grantedUsd: null });
    expect(await reserve(5, 12)).toMatchObject({ grantedUsd: 2 });
  });

  test('counts from a time, and where the turn was deleted since', async () => {
    const at = Date.now();
    const [old, recent] = [await enqueue(), await enqueue()];
    await end(old.id, 3, at - 5_000);
    await end(recent.id, 2, at);
    await store.sessions.insert(newSession({ id: '0000cccc' }));
    const elsewhere = await enqueue('me', '0000cccc');
    await end(elsewhere.id, 0.25, at);
    expect(await store.turns.spending(at - 1_000)).toEqual({ spentUsd: 2.25, reservedUsd: 0 });
    await store.retention.trash(ID, at);
    while ((await store.retention.purge([ID])).left.length > 0);
    expect(await store.turns.spending(at - 1_000)).toEqual({ spentUsd: 2.25, reservedUsd: 0 });
  });
});
