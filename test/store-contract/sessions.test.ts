import { beforeEach, expect, test } from 'vitest';
import type { Store } from '../../src/store/store.ts';
import { newSession, newTurn, turnEnd } from '../support/store-model.ts';
import { makeSubject } from './subject.ts';
import type { SessionFilter } from '../../src/store/session-store.ts';

let store: Store;
beforeEach(async () => {
  store = await (await makeSubject()).open();
  return () => store.close();
});

const ids = (sessions: { id: string }[]): string[] => sessions.map(({ id }) => id);

test('a session comes back as it was put in', async () => {
  const session = newSession({
    name: 'nightly',
    mode: 'power',
    study: 'bracket',
    model: 'opus',
    systemPrompt: 'Be brief.\0Really 😀.',
    attachments: [{ path: 'notes.md', content: '# Notes\n' }],
    mcpConfigs: ['/srv/mcp.json'],
    warm: true,
    pinned: true,
    tags: { ci: 'yes', "it's": '"quoted"' },
    budgetUsd: 1.5,
    createdAt: 1_795_352_003_443,
  });
  await store.sessions.insert(session);
  expect(await store.sessions.find('0000aaaa')).toEqual({
    ...session,
    agentSessionId: null,
    fork: null,
    agentSinceTurn: null,
    agentContext: null,
    agentSpent: null,
    lastActiveAt: session.createdAt,
    trashedAt: null,
    messageCount: 0,
    turnCount: 0,
    costUsd: 0,
  });
  expect(await store.sessions.find('0000aaab')).toBeUndefined();
});

test('a list of sessions has nothing in it that may be long', async () => {
  const attachments = [{ path: 'notes.md', content: 'x'.repeat(1_000_000) }];
  await store.sessions.insert(newSession({ attachments, systemPrompt: 'y'.repeat(1_000_000) }));
  const [summary] = await store.sessions.list({});
  expect(JSON.stringify(summary).length).toBeLessThan(1000);
  expect(await store.sessions.find('0000aaaa')).toMatchObject(summary!);
});

test('a name is unique among the live sessions of a root', async () => {
  await store.sessions.insert(newSession({ name: 'nightly' }));
  await store.sessions.insert(newSession({ id: '0000bbbb', name: 'nightly', root: '/else' }));
  await expect(store.sessions.insert(newSession({ id: '0000cccc', name: 'nightly' }))).rejects.toMatchObject({
    code: 'USAGE',
    message: expect.stringContaining('0000aaaa'),
  });
  expect(ids(await store.sessions.findByName('nightly'))).toEqual(['0000bbbb', '0000aaaa']);
  await store.sessions.change('0000aaaa', { trashedAt: 5_000 });
  await store.sessions.insert(newSession({ id: '0000cccc', name: 'nightly' }));
  expect(ids(await store.sessions.findByName('nightly'))).toEqual(['0000bbbb', '0000cccc']);
  await expect(store.sessions.change('0000aaaa', { trashedAt: null })).rejects.toMatchObject({
    code: 'USAGE',
  });
  await expect(store.sessions.change('0000cccc', { name: 'nightly' })).resolves.toBe(true);
});

test('inserts a named session only where it is missing', async () => {
  const named = newSession({ name: 'nightly' });
  expect(await store.sessions.insertIfMissing({ ...named, name: 'nightly' })).toBe('0000aaaa');
  expect(await store.sessions.insertIfMissing({ ...named, name: 'nightly', id: '0000bbbb' })).toBe(
    '0000aaaa',
  );
  expect(await store.sessions.count({ trash: 'all' })).toBe(1);
});

test('finds by prefix of the id, trashed ones too', async () => {
  for (const id of ['beef0000', 'beef0001', 'beefffff', 'bef00000'])
    await store.sessions.insert(newSession({ id }));
  await store.sessions.change('beef0001', { trashedAt: 5_000 });
  expect(ids(await store.sessions.findByPrefix('beef', 10))).toEqual(['beef0000', 'beef0001', 'beefffff']);
  expect(ids(await store.sessions.findByPrefix('beef', 2))).toHaveLength(2);
  expect(await store.sessions.findByPrefix('%', 10)).toEqual([]);
});

test('the last session of a root is the live one last active', async () => {
  await store.sessions.insert(newSession({ id: '0000000a', createdAt: 10 }));
  await store.sessions.insert(newSession({ id: '0000000b', createdAt: 20 }));
  await store.sessions.insert(newSession({ id: '0000000c', createdAt: 20 }));
  await store.sessions.insert(newSession({ id: '0000000d', createdAt: 90, root: '/else' }));
  expect((await store.sessions.findLast('/work'))?.id).toBe('0000000c');
  await store.turns.enqueue(newTurn('0000000a', { at: 30 }));
  expect((await store.sessions.findLast('/work'))?.id).toBe('0000000a');
  await store.sessions.change('0000000a', { trashedAt: 40 });
  expect((await store.sessions.findLast('/work'))?.id).toBe('0000000c');
  expect(await store.sessions.findLast('/nowhere')).toBeUndefined();
});

test('lists and counts what matches, newest activity first', async () => {
  const sessions = [
    newSession({ id: '0000000a', createdAt: 10, tags: { ci: 'yes' } }),
    newSession({ id: '0000000b', createdAt: 20, mode: 'power', study: 'bracket' }),
    newSession({ id: '0000000c', createdAt: 30, root: '/else', tags: { ci: 'no', team: '' } }),
    newSession({ id: '0000000d', createdAt: 40 }),
  ];
  for (const session of sessions) await store.sessions.insert(session);
  await store.sessions.change('0000000d', { trashedAt: 50 });
  const list = async (filter: SessionFilter): Promise<string> => {
    const found = await store.sessions.list(filter);
    if (filter.limit === undefined) expect(await store.sessions.count(filter)).toBe(found.length);
    return ids(found)
      .map((id) => id.slice(-1))
      .join('');
  };
  expect(await list({})).toBe('cba');
  expect(await list({ trash: 'trashed' })).toBe('d');
  expect(await list({ trash: 'all' })).toBe('dcba');
  expect(await list({ trash: 'all', limit: 2 })).toBe('dc');
  expect(await list({ limit: 2 })).toBe('cb');
  expect(await list({ limit: 0 })).toBe('');
  expect(await list({ root: '/work' })).toBe('ba');
  expect(await list({ mode: 'power' })).toBe('b');
  expect(await list({ study: 'bracket' })).toBe('b');
  expect(await list({ activeSince: 20 })).toBe('cb');
  expect(await list({ tags: { ci: '' } })).toBe('ca');
  expect(await list({ tags: { ci: 'yes' } })).toBe('a');
  expect(await list({ tags: { ci: '', team: '' } })).toBe('c');
  expect(await list({ tags: { "'": 'x' } })).toBe('');
});

test('changes what it is told, and nothing else', async () => {
  await store.sessions.insert(newSession({ name: 'a', tags: { x: '1' } }));
  const before = (await store.sessions.find('0000aaaa'))!;
  const change = {
    name: null,
    study: 'bracket',
    model: 'opus',
    agentSessionId: 'some-uuid',
    agentSinceTurn: 3,
    pinned: true,
    budgetUsd: 2,
    warm: true,
    lastActiveAt: 9_000,
    trashedAt: 9_500,
    attachments: [{ path: 'a', content: 'b' }],
  };
  expect(await store.sessions.change('0000aaaa', { ...change, removeTags: ['x'] })).toBe(true);
  expect(await store.sessions.find('0000aaaa')).toEqual({ ...before, ...change, tags: {} });
  expect(await store.sessions.change('0000aaaa', {})).toBe(true);
  expect(await store.sessions.change('0000bbbb', { name: 'x' })).toBe(false);
});

test('what an author changes is on record, from what to what', async () => {
  await store.sessions.insert(newSession({ tags: { a: '1' } }));
  const [ann, bob] = [
    { by: 'ann', at: 7_000 },
    { by: 'bob', at: 6_000 },
  ];
  const attachments = [{ path: '/x', content: 'long' }];
  await store.sessions.change('0000aaaa', { mode: 'power', model: null, attachments }, ann);
  await store.sessions.change('0000aaaa', { model: 'opus' });
  await store.sessions.change('0000aaaa', { model: 'haiku', pinned: true, removeTags: ['a'] }, bob);
  await store.sessions.change('0000aaaa', { lastActiveAt: 9_000, agentSessionId: 'x' }, bob);
  expect(await store.sessions.find('0000aaaa')).toMatchObject({ mode: 'power', model: 'haiku' });
  expect(await store.sessions.changes('0000aaaa')).toEqual(
    [
      { what: 'mode', from: 'user', to: 'power', ...ann },
      { what: 'context_files', from: [], to: ['/x'], ...ann },
      { what: 'model', from: 'opus', to: 'haiku', ...bob },
      { what: 'pinned', from: false, to: true, ...bob },
      { what: 'tags', from: { a: '1' }, to: {}, ...bob },
    ].map((change) => ({ sessionId: '0000aaaa', ...change })),
  );
  expect(await store.sessions.change('0000bbbb', { model: 'opus' }, ann)).toBe(false);
  expect(await store.sessions.changes('0000bbbb')).toEqual([]);
});

test('the sums of a session follow its turns', async () => {
  await store.sessions.insert(newSession());
  const { turn } = await store.turns.enqueue(newTurn('0000aaaa', { at: 2_000 }));
  expect(await store.sessions.find('0000aaaa')).toMatchObject({
    messageCount: 1,
    turnCount: 1,
    lastActiveAt: 2_000,
  });
  await store.turns.finish(
    turn.id,
    'me',
    turnEnd({
      costUsd: 0.25,
      agentSession: { id: 'uuid', sinceTurn: turn.id, context: null, isCompacted: false, spent: null },
    }),
  );
  expect(await store.sessions.find('0000aaaa')).toMatchObject({
    messageCount: 2,
    turnCount: 1,
    costUsd: 0.25,
    lastActiveAt: 3_000,
    agentSessionId: 'uuid',
    agentSinceTurn: turn.id,
  });
});

test('a session whose clock was ahead is not the last one, until it is used', async () => {
  await store.sessions.insert(newSession({ id: '0000aaaa', createdAt: Date.now() + 1e10 }));
  expect((await store.sessions.findLast('/work'))?.id).toBe('0000aaaa');
  await store.sessions.insert(newSession({ id: '0000bbbb', createdAt: 1_000 }));
  expect((await store.sessions.findLast('/work'))?.id).toBe('0000bbbb');
  const at = Date.now();
  await store.turns.enqueue(newTurn('0000aaaa', { at }));
  expect(await store.sessions.findLast('/work')).toMatchObject({ id: '0000aaaa', lastActiveAt: at });
});

test.each(['live', 'trashed', 'all'] as const)(
  'lists end with sessions whose clock was ahead: %s',
  async (trash) => {
    const now = Date.now();
    const times = { aaaa: now + 2e10, bbbb: now - 2e6, cccc: now + 1e10, dddd: now - 1e6 };
    for (const [id, createdAt] of Object.entries(times)) {
      await store.sessions.insert(newSession({ id: `0000${id}`, createdAt }));
      if (trash === 'trashed' || (trash === 'all' && id > 'c')) await store.retention.trash(`0000${id}`, now);
    }
    const list = async (limit?: number): Promise<string[]> =>
      (await store.sessions.list({ trash, ...(limit && { limit }) })).map(({ id }) => id.slice(4));
    expect(await list()).toEqual(['dddd', 'bbbb', 'aaaa', 'cccc']);
    expect(await list(3)).toEqual(['dddd', 'bbbb', 'aaaa']);
    expect(await list(1)).toEqual(['dddd']);
  },
);
