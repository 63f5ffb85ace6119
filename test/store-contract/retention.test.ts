import { beforeEach, describe, expect, test } from 'vitest';
import type { PlannedSession, PlanRequest } from '../../src/store/retention-store.ts';
import type { Store } from '../../src/store/store.ts';
import { Random } from '../support/random.ts';
import { addSession, addTurn, run } from '../support/retention.ts';
import { newSession, newTurn, turnEnd } from '../support/store-model.ts';
import { makeSubject, type Subject } from './subject.ts';

let subject: Subject;
let store: Store;
beforeEach(async () => {
  subject = await makeSubject();
  store = await subject.open();
  return () => store.close();
});

/** The size of a session, calculated from all its content. */
async function measure(id: string): Promise<number> {
  const bytes = (text: string | null): number => Buffer.byteLength(text ?? '');
  const session = (await store.sessions.find(id))!;
  let sum = bytes(session.systemPrompt);
  if (session.attachments.length > 0) sum += bytes(JSON.stringify(session.attachments)) - 2;
  for (const message of await store.messages.list({ sessionId: id }, { toolCalls: true })) {
    for await (const piece of store.messages.readContent(message.id)) sum += bytes(piece);
    for (const { input, result } of message.toolCalls) sum += bytes(JSON.stringify(input)) + bytes(result);
  }
  return sum;
}

test('what a session holds is known without reading it, whatever was done to it', async () => {
  const random = new Random(7);
  const ids = ['0000000a', '0000000b', '0000000c'];
  for (const id of ids) {
    const attachments = [{ path: 'ü.md', content: random.text(random.below(300)) }];
    await store.sessions.insert(newSession({ id, systemPrompt: 'Be brief. ä', attachments }));
  }
  for (let n = 0; n < 40; n++) {
    const id = random.pick(ids);
    const message = 'é'.repeat(random.below(3) === 0 ? 100_000 : random.below(50));
    const { turn } = await store.turns.enqueue(newTurn(id, { message }));
    const toolCalls = Array.from({ length: random.below(3) }, (_, i) => ({
      id: `t${i}`,
      name: 'Bash',
      input: { command: 'ä'.repeat(random.below(20)) },
      result: random.below(2) === 0 ? null : 'ü'.repeat(random.below(20)),
      isError: false,
      denied: false,
      textOffset: 0,
    }));
    const answer = ['x'.repeat(random.below(200_000)), '🙂'];
    if (random.below(4) > 0) await store.turns.finish(turn.id, 'me', turnEnd({ answer, toolCalls }));
    else {
      const { turn: queued } = await store.turns.enqueue(newTurn(id, { message: 'ö'.repeat(90_000) }));
      await store.turns.withdraw(queued.id, queued.owner!);
      await store.turns.finish(turn.id, 'me', turnEnd({ answer: [], status: 'failed' }));
    }
    if (random.below(5) === 0)
      await store.sessions.change(id, {
        attachments: [{ path: 'a', content: 'ß'.repeat(random.below(99)) }],
      });
  }
  const { sessions } = await run(store, { maxAgeMs: 0 });
  const known = Object.fromEntries(sessions.map(({ id, bytes }) => [id, bytes]));
  const measured = Object.fromEntries(
    await Promise.all(ids.map(async (id) => [id, await measure(id)] as const)),
  );
  expect(known).toEqual(measured);
  const { live } = await store.retention.usage();
  const sum = Object.values(measured).reduce((all, bytes) => all + bytes, 0);
  expect(live).toEqual({ sessions: 3, pinned: 0, bytes: sum });
});

/**
 * The actions of a plan and the last digits of its sessions' ids. `*` marks those that are removed only to free space.
 */
async function plan(request: Partial<PlanRequest>, isApplied = false): Promise<string> {
  return (await run(store, request, isApplied)).words;
}

describe('a plan', () => {
  beforeEach(async () => {
    await addSession(store, '0000000c', 3_000);
    await addSession(store, '0000000a', 1_000);
    await addSession(store, '0000000b', 2_000, { root: '/else' });
    await addSession(store, '0000000d', 4_000);
    await addSession(store, '0000000e', 500, { pinned: true });
  });

  test('takes the oldest first, up to an age, and never a pinned one', async () => {
    expect(await plan({ maxAgeMs: 0 })).toBe('trash a b c d');
    expect(await plan({ maxAgeMs: 6_000 })).toBe('trash a b c');
    expect(await plan({ maxAgeMs: 6_001 })).toBe('trash a b');
    expect(await plan({ maxAgeMs: 9_000 })).toBe('');
  });

  test('makes room from the trash first, then from the live, until it is enough', async () => {
    await store.retention.trash('0000000d', 6_000);
    await store.retention.trash('0000000c', 7_000);
    const room = (excessBytes: number) => plan({ excessBytes });
    expect(await room(0)).toBe('');
    expect(await room(20)).toBe('purge* d');
    expect(await room(21)).toBe('purge* d c');
    expect(await room(41)).toBe('purge* d c a');
    expect(await room(999)).toBe('purge* d c a b');
    expect(await plan({ excessBytes: 41, purgeAfterMs: 3_000 })).toBe('purge d; purge* c a');
  });

  test('makes room of what it trashes before it does of what is young', async () => {
    await store.retention.trash('0000000d', 6_000);
    expect(await plan({ maxAgeMs: 7_500, excessBytes: 60 })).toBe('trash a; purge* d a b');
    expect(await plan({ maxAgeMs: 7_500, excessBytes: 40 })).toBe('trash a; purge* d a');
    expect(await plan({ maxAgeMs: 7_500, purgeAfterMs: 0, excessBytes: 60 })).toBe(
      'trash a; purge d a; purge* b',
    );
  });

  test('spares those named', async () => {
    const spare = new Map([
      ['0000000c', 'warm'],
      ['0000000b', 'running'],
      ['unknown', 'young'],
    ] as const);
    expect(await plan({ maxAgeMs: 0, excessBytes: 999, spare })).toBe('trash a d; purge* a d');
  });

  test('leaves each root its newest', async () => {
    await addSession(store, '0000000f', 5_000, { root: '/else' });
    await addSession(store, '00000000', 5_000, { root: '/else' });
    const left = async (keepLast: number, request: Partial<PlanRequest> = {}) => {
      const { words, kept } = await run(store, { maxAgeMs: 0, keepLast, ...request });
      return [words, kept];
    };
    // 0000000e counts as one of the newest of its root, although it is pinned.
    expect(await left(1)).toEqual(['trash a b c f', 2]);
    expect(await left(2)).toEqual(['trash a b', 4]);
    expect(await left(3)).toEqual(['', 6]);
    expect(await left(4)).toEqual(['', 6]);
    expect(await left(9)).toEqual(['', 6]);
    // A session in use counts as the newest, whatever its time.
    expect(await left(1, { spare: new Map([['00000000', 'young']]) })).toEqual(['trash a b c', 2]);
    expect(await left(1, { spare: new Map([['00000000', 'warm']]) })).toEqual(['trash a b c f', 1]);
    expect(await left(1, { maxAgeMs: 9_000, excessBytes: 999 })).toEqual(['purge* a b c f', 0]);
  });

  test('is the same whether or not its steps are applied', async () => {
    await store.retention.trash('0000000d', 6_000);
    // An imported session is older by activity than by arrival.
    await store.transfer.import(function* (tx) {
      const { messageCount: _m, turnCount: _t, costUsd: _c, ...late } = (yield* tx.findSession('0000000a'))!;
      yield* tx.addSession({ ...late, id: '00000009', name: null, lastActiveAt: 10 }, [], 2_500);
    });
    await addTurn(store, '00000009', 10);
    const request = { maxAgeMs: 6_500, excessBytes: 41 };
    const words = 'trash a b 9; purge* d a b';
    expect(await plan(request)).toBe(words);
    expect(await plan(request, true)).toBe(words);
    expect((await store.sessions.list({ trash: 'all' })).map(({ id }) => id.at(-1)).toSorted()).toEqual([
      '9',
      'c',
      'e',
    ]);
  });

  test('trashes what it takes as of now, and what is purged of it is gone', async () => {
    await plan({ maxAgeMs: 7_000 }, true);
    expect((await store.sessions.find('0000000a'))?.trashedAt).toBe(9_000);
    expect(await store.retention.usage()).toEqual({
      live: { sessions: 3, pinned: 1, bytes: 60 },
      trash: { sessions: 2, pinned: 0, bytes: 40 },
    });
    expect(await plan({ purgeAfterMs: 0, at: 9_500 }, true)).toBe('purge a b');
    expect(await store.sessions.count({ trash: 'all' })).toBe(3);
    expect(await store.messages.list({ sessionId: '0000000a' })).toEqual([]);
  });

  test('leaves alone what was used or changed since', async () => {
    const [step] = (await run(store, { maxAgeMs: 0 })).steps;
    await store.turns.enqueue(newTurn('0000000a', { at: 1_000 }));
    await addTurn(store, '0000000b', 5_000);
    await store.sessions.change('0000000c', { pinned: true });
    const apply = async (action: 'trash' | 'purge') =>
      (await store.retention.apply({ ...step!, action }, 9_000)).map(({ id }) => id);
    expect(await apply('trash')).toEqual(['0000000d']);
    expect(await apply('purge')).toEqual([]);
    await store.retention.restore('0000000d', 9_500);
    expect(await apply('purge')).toEqual([]);
    expect((await store.sessions.list({})).length).toBe(5);
  });
});

describe('a session that is being deleted', () => {
  const purge = async (): Promise<PlannedSession[]> => (await run(store, { purgeAfterMs: 0 }, true)).sessions;

  test('is nobody else’s, gives its name away, and is ended by the next one', async () => {
    await addSession(store, '0000000a', 1_000, { name: 'nightly' });
    await store.retention.trash('0000000a', 5_000);
    const [step] = (await run(store, { purgeAfterMs: 0 })).steps;
    await store.retention.apply(step!, 9_000);
    expect(await store.retention.restore('0000000a', 6_000)).toBe(false);
    await store.sessions.insert(newSession({ id: '0000000b', name: 'nightly' }));
    expect((await purge()).map(({ id }) => id)).toEqual(['0000000a']);
    expect(await store.sessions.find('0000000a')).toBeUndefined();
  });

  test('tells the conversations of its turns that no other session has, until it is gone', async () => {
    for (const id of ['0000000a', '0000000b', '0000000c']) await addSession(store, id, 1_000);
    const converse = async (id: string, ...all: string[]): Promise<void> => {
      for (const agentSessionId of all) await store.sessions.change(id, { agentSessionId });
    };
    await converse('0000000a', 'own', 'shared', 'both');
    await converse('0000000b', 'both');
    await converse('0000000c', 'shared');
    for (const id of ['0000000a', '0000000b']) await store.retention.trash(id, 5_000);
    const mark = async (): Promise<[string, string[]][]> => {
      const [step] = (await run(store, { purgeAfterMs: 0 })).steps;
      const taken = await store.retention.apply(step!, 9_000);
      return taken.map(({ id, conversations }) => [id, conversations]);
    };
    expect(await mark()).toEqual([
      ['0000000a', ['own']],
      ['0000000b', ['both']],
    ]);
    // When both are marked, both have it.
    expect(await mark()).toEqual([
      ['0000000a', ['both', 'own']],
      ['0000000b', ['both']],
    ]);
  });

  test('counts for one of those who delete it at once', async () => {
    await addSession(store, '0000000a', 1_000);
    await store.retention.trash('0000000a', 5_000);
    const other = await subject.open();
    const ends = await Promise.all([store, other].map((each) => each.retention.purge(['0000000a'])));
    await other.close();
    expect(ends.flatMap(({ purged }) => purged)).toEqual(['0000000a']);
    expect(ends.flatMap(({ left }) => left)).toEqual([]);
  });

  test('is never a live one, whatever is asked', async () => {
    await addSession(store, '0000000b', 1_000);
    expect(await store.retention.purge(['0000000b'])).toEqual({ purged: [], left: [] });
    expect(await store.sessions.count({})).toBe(1);
  });
});

describe('the trash', () => {
  beforeEach(() => addSession(store, '0000000a', 1_000, { name: 'nightly' }));

  test('takes no session with an open turn, and gets no new turns', async () => {
    const { turn } = await store.turns.enqueue(newTurn('0000000a'));
    expect(await store.retention.trash('0000000a', 5_000)).toBe(false);
    await store.turns.finish(turn.id, 'me', turnEnd());
    expect(await store.retention.trash('0000000a', 5_000)).toBe(true);
    expect(await store.retention.trash('0000000a', 6_000)).toBe(true);
    expect((await store.sessions.find('0000000a'))?.trashedAt).toBe(5_000);
    await expect(store.turns.enqueue(newTurn('0000000a'))).rejects.toMatchObject({
      code: 'NO_SESSION',
      message: expect.stringContaining('trash'),
    });
    expect((await store.sessions.find('0000000a'))?.turnCount).toBe(2);
  });

  test('gives a session back as active now, unless its name was taken', async () => {
    await store.retention.trash('0000000a', 5_000);
    expect(await store.retention.restore('0000000a', 6_000)).toBe(true);
    expect(await store.sessions.find('0000000a')).toMatchObject({ trashedAt: null, lastActiveAt: 6_000 });
    expect(await store.retention.restore('0000000a', 7_000)).toBe(false);
    await store.retention.trash('0000000a', 5_000);
    await store.sessions.insert(newSession({ id: '0000000b', name: 'nightly' }));
    await expect(store.retention.restore('0000000a', 6_000)).rejects.toMatchObject({ code: 'USAGE' });
    expect((await store.sessions.find('0000000a'))?.trashedAt).toBe(5_000);
  });
});

test('tags are changed one by one, however many do so at once', async () => {
  await addSession(store, '0000000a', 1_000, { tags: { old: '1', stays: '' } });
  const other = await subject.open();
  await Promise.all(
    Array.from({ length: 12 }, (_, n) =>
      (n % 2 === 0 ? store : other).sessions.change('0000000a', {
        addTags: { [`k${n}`]: 'v' },
        removeTags: n === 0 ? ['old'] : [],
      }),
    ),
  );
  await other.close();
  const { tags } = (await store.sessions.find('0000000a'))!;
  expect(Object.keys(tags).toSorted()).toEqual(
    ['stays', ...Array.from({ length: 12 }, (_, n) => `k${n}`)].toSorted(),
  );
  expect(await store.sessions.change('unknown', { addTags: {} })).toBe(false);
});

test('work runs while no turn can begin', async () => {
  await addSession(store, '0000000a', 1_000);
  const order: string[] = [];
  const work = store.sessions.whileIdle('0000000a', () => order.push('work'));
  const turn = store.turns.enqueue(newTurn('0000000a')).then(() => order.push('turn'));
  expect(await work).toBe(true);
  await turn;
  expect(order).toEqual(['work', 'turn']);
  expect(await store.sessions.whileIdle('0000000a', () => order.push('never'))).toBe(false);
  expect(order).toHaveLength(2);
});

test('a time still to come does not keep a session for ever: its age begins when that is noticed', async () => {
  const ahead = Date.now() + 1e10;
  await addSession(store, '0000aaaa', ahead);
  await addSession(store, '0000bbbb', ahead, { pinned: true });
  await addSession(store, '0000cccc', 1_000);
  await store.retention.trash('0000cccc', ahead);
  const now = Date.now();
  await store.retention.correctTimes(now);
  for (const id of ['0000aaaa', '0000bbbb']) {
    const { lastActiveAt } = (await store.sessions.find(id))!;
    expect(lastActiveAt).toBeLessThanOrEqual(now);
  }
  expect((await store.sessions.find('0000cccc'))!.trashedAt).toBeLessThanOrEqual(now);
});

test('a clock that is behind changes no times', async () => {
  const at = Date.now() + 1e10;
  await addSession(store, '0000aaaa', at);
  await addSession(store, '0000bbbb', at);
  await store.retention.trash('0000bbbb', at);
  const collect = async (): Promise<unknown> => {
    await store.retention.correctTimes(Date.now());
    return [
      (await store.sessions.find('0000aaaa'))?.lastActiveAt,
      (await store.sessions.find('0000bbbb'))?.trashedAt,
    ];
  };
  expect(await collect()).toEqual([at, at]);
  await addTurn(store, '0000aaaa', at + 1, 'later');
  await store.sessions.insert(newSession({ id: '0000cccc', createdAt: 1_000 }));
  expect(await collect()).toEqual([at + 1, at]);
});
