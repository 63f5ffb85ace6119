import { beforeEach, describe, expect, test } from 'vitest';
import { openDatabase } from '../../../src/store/sqlite/engine/database.ts';
import { SCHEMA } from '../../../src/store/sqlite/schema.ts';
import { openStore } from '../../../src/store/sqlite/open.ts';
import type { CollectStep } from '../../../src/store/retention-store.ts';
import type { Store } from '../../../src/store/store.ts';
import { Random } from '../../support/random.ts';
import { newSession, newTurn, turnEnd } from '../../support/store-model.ts';
import { makeDirectory } from '../../support/store-program.ts';

let store: Store;
let path: string;
beforeEach(async () => {
  path = `${makeDirectory()}/sessions.sqlite`;
  store = await openStore(path, { access: 'write' });
  return () => store.close();
});

/** A session that was last active at a time, with one turn whose question and answer have ten bytes each. */
async function addSession(
  id: string,
  at: number,
  given: Parameters<typeof newSession>[0] = {},
): Promise<void> {
  await store.sessions.insert(newSession({ id, createdAt: at, ...given }));
  await addTurn(id, at);
}

async function addTurn(id: string, at: number, answer = 'ä'.repeat(5)): Promise<number> {
  const { turn } = await store.turns.enqueue(newTurn(id, { at, message: '0123456789' }));
  await store.turns.finish(turn.id, 'me', turnEnd({ answer: [answer], endedAt: at }));
  return turn.id;
}

/** Takes all that a step selects, in as many steps as it takes. */
async function collectAll(
  step: Partial<CollectStep>,
): Promise<{ ids: string[]; bytes: number; kept: number; unfinished: string[] }> {
  const all = { ids: [] as string[], bytes: 0, kept: 0, unfinished: [] as string[] };
  for (let after = step.after, isFirst = true; isFirst || after !== undefined; isFirst = false) {
    const fixed = { from: 'live', until: 9_000, spare: [], fate: 'none', withSessions: true } as const;
    const result = await store.retention.collect({ ...fixed, ...step, after });
    all.ids.push(...result.sessions.map(({ id }) => id));
    all.bytes += result.taken.bytes;
    all.kept += result.kept;
    all.unfinished.push(...result.unfinished.map(({ id }) => id));
    after = result.next;
  }
  return all;
}

/** Rows of a table, asked of the file itself. */
async function countRows(table: string): Promise<number> {
  const db = await openDatabase(path, SCHEMA, { access: 'read' });
  const row = await db.read((tx) => tx.get<{ n: number }>(`SELECT count(*) AS n FROM ${table}`));
  await db.close();
  return row!.n;
}

const TABLES = ['sessions', 'turns', 'messages', 'message_parts', 'tool_calls', 'mode_switches'];

/** What a session's content comes to, added up by reading all of it. */
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
  const { sessions } = await store.retention.collect({
    from: 'live',
    until: 9_000,
    spare: [],
    fate: 'none',
    withSessions: true,
  });
  const known = Object.fromEntries(sessions.map(({ id, bytes }) => [id, bytes]));
  const measured = Object.fromEntries(
    await Promise.all(ids.map(async (id) => [id, await measure(id)] as const)),
  );
  expect(known).toEqual(measured);
  const { live } = await store.retention.usage();
  const sum = Object.values(measured).reduce((all, bytes) => all + bytes, 0);
  expect(live.unpinned).toEqual({ sessions: 3, bytes: sum });
});

describe('collecting', () => {
  beforeEach(async () => {
    await addSession('0000000c', 3_000);
    await addSession('0000000a', 1_000);
    await addSession('0000000b', 2_000, { root: '/else' });
    await addSession('0000000d', 4_000);
    await addSession('0000000e', 500, { pinned: true });
  });

  test('takes the oldest first, up to a time, and never a pinned one', async () => {
    expect(await collectAll({})).toMatchObject({
      ids: ['0000000a', '0000000b', '0000000c', '0000000d'],
      bytes: 80,
    });
    expect((await collectAll({ until: 3_000 })).ids).toEqual(['0000000a', '0000000b', '0000000c']);
    expect((await collectAll({ until: 2_999 })).ids).toEqual(['0000000a', '0000000b']);
    expect((await collectAll({ until: 0 })).ids).toEqual([]);
  });

  test('stops when it has enough', async () => {
    expect((await collectAll({ enoughBytes: 40 })).ids).toEqual(['0000000a', '0000000b']);
    expect((await collectAll({ enoughBytes: 41 })).ids).toEqual(['0000000a', '0000000b', '0000000c']);
  });

  test('spares those named, and those with an open turn', async () => {
    await store.turns.enqueue(newTurn('0000000b', { at: 1 }));
    expect((await collectAll({ spare: ['0000000c', 'unknown'] })).ids).toEqual(['0000000a', '0000000d']);
  });

  test('leaves each root its newest', async () => {
    await addSession('0000000f', 5_000, { root: '/else' });
    await addSession('00000010', 5_000, { root: '/else' });
    const left = async (keepLast: number) => {
      const { ids, kept } = await collectAll({ floors: await store.retention.floors(keepLast) });
      return [ids.map((id) => id.slice(-1)).join(''), kept];
    };
    // 0000000e is one of the newest of its root too, though it is pinned.
    expect(await left(1)).toEqual(['abcf', 2]);
    expect(await left(2)).toEqual(['ab', 4]);
    expect(await left(3)).toEqual(['', 6]);
    expect(await left(4)).toEqual(['', 6]);
    expect(await left(9)).toEqual(['', 6]);
  });

  test('trashes what it takes, and then purges it in the order of its age', async () => {
    const { ids } = await collectAll({ fate: { trashedAt: 7_000 }, until: 2_000 });
    expect(ids).toEqual(['0000000a', '0000000b']);
    await store.retention.trash('0000000d', 6_000);
    expect((await store.sessions.find('0000000a'))?.trashedAt).toBe(7_000);
    expect(await store.retention.usage()).toEqual({
      live: { pinned: { sessions: 1, bytes: 20 }, unpinned: { sessions: 1, bytes: 20 } },
      trash: { pinned: { sessions: 0, bytes: 0 }, unpinned: { sessions: 3, bytes: 60 } },
    });
    const purged = await collectAll({ from: 'trash', until: 7_000, fate: 'purge' });
    expect(purged.ids).toEqual(['0000000d', '0000000a', '0000000b']);
    expect(await store.sessions.count({ trash: 'all' })).toBe(2);
    expect(await countRows('messages')).toBe(4);
  });

  test('needs many steps for many sessions, and misses none', async () => {
    const db = await openDatabase(path, SCHEMA, { access: 'write' });
    // Most of them alike in all that orders them.
    await db.write((tx) =>
      tx.run(
        `WITH RECURSIVE n (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM n WHERE n < 8999)
         INSERT INTO sessions (id, mode, root, agent, warm, pinned, created_at, last_active_at, tags, mcp_configs,
           attachments) SELECT printf('%08x', 4096 + n), 'user', '/r' || (n % 3), 'mock', 0, 0, 1, 700 + n % 5, '{}',
           '[]', '[]' FROM n`,
      ),
    );
    await db.close();
    const looked = await collectAll({});
    expect(new Set(looked.ids).size).toBe(9_004);
    const acted = await collectAll({ fate: { trashedAt: 8_000 } });
    expect(acted.ids).toEqual(looked.ids);
    expect((await collectAll({ from: 'trash' })).ids).toEqual(looked.ids);
    expect((await store.retention.usage()).trash.unpinned.sessions).toBe(9_004);
  });
});

describe('deleting for good', () => {
  /** More of everything than goes in one step. */
  async function addLarge(id: string): Promise<void> {
    await store.sessions.insert(newSession({ id, name: 'large', pinned: true }));
    await addTurn(id, 1_000, 'x'.repeat(6_000_000));
    for (let n = 0; n < 30; n++) await addTurn(id, 1_000 + n, 'x'.repeat(100_000));
    await store.sessions.switchMode({ sessionId: id, from: 'user', to: 'power', by: 'me', at: 1 });
  }

  test('nothing of a session is left, and all of the others', async () => {
    await addLarge('0000000a');
    await addSession('0000000b', 1_000);
    const before = await Promise.all(TABLES.map(countRows));
    expect(before[3]).toBeGreaterThan(90);
    await store.retention.trash('0000000a', 5_000);
    let steps = 1;
    while ((await store.retention.purge(['0000000a'])).length > 0) steps++;
    expect(steps).toBeGreaterThan(1);
    expect(await Promise.all(TABLES.map(countRows))).toEqual([1, 1, 2, 0, 0, 0]);
    expect(await store.retention.purge(['0000000a'])).toEqual([]);
    expect(await measure('0000000b')).toBe(20);
  });

  test('what was begun is finished by the next gc, and can not be restored', async () => {
    await addLarge('0000000a');
    await store.retention.trash('0000000a', 5_000);
    expect(await store.retention.purge(['0000000a'])).toEqual(['0000000a']);
    expect(await store.retention.restore('0000000a', 6_000)).toBe(false);
    await store.sessions.insert(newSession({ id: '0000000b', name: 'large' }));
    const { ids, unfinished } = await collectAll({ from: 'trash', until: 0, fate: 'purge' });
    expect([ids, unfinished]).toEqual([['0000000a'], ['0000000a']]);
    while ((await store.retention.purge(['0000000a'])).length > 0);
    expect(await countRows('messages')).toBe(0);
  });

  test('a live session is not deleted, whatever is asked', async () => {
    await addSession('0000000b', 1_000);
    expect(await store.retention.purge(['0000000b'])).toEqual([]);
    expect(await store.sessions.count({})).toBe(1);
  });
});

describe('the trash', () => {
  beforeEach(() => addSession('0000000a', 1_000, { name: 'nightly' }));

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
  await addSession('0000000a', 1_000, { tags: { old: '1', stays: '' } });
  const other = await openStore(path, { access: 'write' });
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
  await addSession('0000000a', 1_000);
  const order: string[] = [];
  const work = store.sessions.whileIdle('0000000a', () => order.push('work'));
  const turn = store.turns.enqueue(newTurn('0000000a')).then(() => order.push('turn'));
  expect(await work).toBe(true);
  await turn;
  expect(order).toEqual(['work', 'turn']);
  expect(await store.sessions.whileIdle('0000000a', () => order.push('never'))).toBe(false);
  expect(order).toHaveLength(2);
});

test('vacuuming returns what deleting freed', async () => {
  await store.sessions.insert(newSession({ id: '0000000a' }));
  for (let n = 0; n < 10; n++) await addTurn('0000000a', 1_000, `some words of ${n} `.repeat(6_000));
  await addSession('0000000b', 1_000);
  await store.retention.trash('0000000a', 1);
  while ((await store.retention.purge(['0000000a'])).length > 0);
  expect(await store.retention.vacuum()).toBeGreaterThan(900_000);
  expect(await measure('0000000b')).toBe(20);
  expect(await store.retention.vacuum()).toBe(0);
});

test('a time still to come does not keep a session for ever: its age begins at the next collection', async () => {
  const ahead = Date.now() + 1e10;
  await addSession('0000aaaa', ahead);
  await addSession('0000bbbb', ahead, { pinned: true });
  await addSession('0000cccc', 1_000);
  await store.retention.trash('0000cccc', ahead);
  for (const from of ['live', 'trash'] as const)
    await store.retention.collect({ from, until: 0, spare: [], fate: 'none' });
  expect((await store.sessions.find('0000aaaa'))?.lastActiveAt, 'a dry run changes nothing').toBe(ahead);
  for (const from of ['live', 'trash'] as const)
    await store.retention.collect({ from, until: 0, spare: [], fate: 'purge' });
  const now = Date.now();
  for (const id of ['0000aaaa', '0000bbbb']) {
    const { lastActiveAt } = (await store.sessions.find(id))!;
    expect(lastActiveAt).toBeLessThanOrEqual(now);
  }
  expect((await store.sessions.find('0000cccc'))!.trashedAt).toBeLessThanOrEqual(now);
});

test('a clock that is behind changes no times', async () => {
  const at = Date.now() + 1e10;
  await addSession('0000aaaa', at);
  await addSession('0000bbbb', at);
  await store.retention.trash('0000bbbb', at);
  const collect = async (): Promise<unknown> => {
    for (const from of ['live', 'trash'] as const)
      await store.retention.collect({ from, until: 0, spare: [], fate: 'purge' });
    return [
      (await store.sessions.find('0000aaaa'))?.lastActiveAt,
      (await store.sessions.find('0000bbbb'))?.trashedAt,
    ];
  };
  expect(await collect()).toEqual([at, at]);
  await addTurn('0000aaaa', at + 1, 'later');
  await store.sessions.insert(newSession({ id: '0000cccc', createdAt: 1_000 }));
  expect(await collect()).toEqual([at + 1, at]);
});
