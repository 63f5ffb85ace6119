import { expect, test } from 'vitest';
import { MIGRATIONS } from '../../../src/store/migrations.ts';
import { openDatabase } from '../../../src/store/database.ts';
import { openStore } from '../../../src/store/open.ts';
import { parseSearch } from '../../../src/store/search-words.ts';
import type { MessageSearch } from '../../../src/store/search.ts';
import type { Store } from '../../../src/store/store.ts';
import { addConversation } from '../../support/conversations.ts';
import { makeDirectory } from '../../support/store-program.ts';

/** The steps that brought the index, and the characters in it. */
const INDEX_STEPS = ['message_index', 'index_characters'].map((what) =>
  MIGRATIONS.findIndex((step) => step.includes(what)),
);

async function ids(store: Store, text: string, search: Partial<MessageSearch> = {}): Promise<number[]> {
  const { hits } = await store.searchMessages({ text, limit: 100, order: 'newest', ...search });
  return hits.map(({ messageId }) => messageId);
}

/** Fails unless the index is of just the texts that are there. */
async function checkIndex(path: string): Promise<void> {
  const db = await openDatabase(path, { access: 'write' });
  await db.write((tx) => tx.run(`INSERT INTO message_index (message_index) VALUES ('integrity-check')`));
  await db.close();
}

test.each([
  ['a b a', ['a', 'b']],
  ['"a b" c', ['a b', 'c']],
  ['"a b', ['a', 'b']],
  ['begin* "two words"*', ['begin*', 'two words*']],
  ['foo_bar/baz.ts', ['foo bar baz ts']],
  ['* ** "" ^ - ()', []],
  ['NEAR/3 OR', ['NEAR 3', 'OR']],
])('%j is looked for as %j', (text, phrases) => {
  expect(parseSearch(text)).toEqual(phrases);
});

test('words are found anywhere in a long message, and gone with it', async () => {
  const path = `${makeDirectory()}/s.sqlite`;
  const store = await openStore(path, { access: 'write' });
  const filler = 'so many words that nobody reads them '.repeat(5000);
  await addConversation(store, { id: 'aaaa0001' }, [
    { asked: 'first', answered: [`start ${filler}`, `middle 天気🎉 ${filler}`, 'finish'] },
    { asked: 'second', answered: 'finish 天気' },
  ]);
  await addConversation(store, { id: 'aaaa0002' }, [{ asked: '元気🎉' }]);
  expect(await ids(store, 'start')).toEqual([3]);
  expect(await ids(store, 'middle')).toEqual([3]);
  expect(await ids(store, '天気')).toEqual([5, 3]);
  expect(await ids(store, '🎉')).toEqual([6, 3]);
  expect(await ids(store, 'finish')).toEqual([5, 3]);
  expect(await ids(store, 'finish', { before: 5 })).toEqual([3]);
  expect(await ids(store, 'finish', { sessionId: 'aaaa0001', role: 'assistant' })).toEqual([5, 3]);
  expect(await ids(store, 'aaaa0001')).toEqual([]);
  await store.trashSession('aaaa0001', 1);
  while (!(await store.purgeSession('aaaa0001')));
  expect(await ids(store, 'finish')).toEqual([]);
  expect(await ids(store, '気')).toEqual([6]);
  await store.close();
  await checkIndex(path);
});

test.each(INDEX_STEPS)(
  'a store of step %d is indexed anew in steps, what is written meanwhile at once',
  async (step) => {
    const path = `${makeDirectory()}/s.sqlite`;
    const old = await openDatabase(path, { access: 'write', migrations: MIGRATIONS.slice(0, step) });
    await old.write((tx) => {
      for (const id of ['aaaa0001', 'aaaa0002'])
        tx.run(
          `INSERT INTO sessions (id, mode, root, agent, warm, pinned, created_at, last_active_at, tags, mcp_configs, attachments)
         VALUES (?, 'user', '/work', 'mock', 0, 0, 1, 1, '{}', '[]', '[]')`,
          [id],
        );
      for (let turn = 1; turn <= 120; turn++) {
        tx.run(
          `INSERT INTO turns (id, session_id, status, limits, queued_at, ended_at) VALUES (?, ?, 'completed', '{}', 1, 2)`,
          [turn, turn === 60 ? 'aaaa0002' : 'aaaa0001'],
        );
        tx.run(
          `INSERT INTO messages (id, session_id, turn_id, role, created_at, parts, content) VALUES (?, ?, ?, 'user', 1, 1, ?)`,
          [2 * turn, turn === 60 ? 'aaaa0002' : 'aaaa0001', turn, `old number${turn} の天気`],
        );
        tx.run(`INSERT INTO message_parts (message_id, n, content) VALUES (?, 1, 'its tail')`, [2 * turn]);
      }
    });
    await old.close();

    const store = await openStore(path, { access: 'write' });
    expect(await store.unindexedBelow()).toBe(241);
    await addConversation(store, { id: 'aaaa0003' }, [{ asked: 'a new one, not old' }]);
    expect(await ids(store, 'old')).toEqual([242]);
    // Not indexed yet, so there is nothing to take out.
    await store.trashSession('aaaa0002', 1);
    while (!(await store.purgeSession('aaaa0002')));
    const seen = [];
    for (let below = Infinity; below > 0; seen.push(below)) below = await store.indexMore();
    expect(seen.length).toBeGreaterThan(2);
    expect(seen).toEqual(seen.toSorted((a, b) => b - a));
    expect(await ids(store, 'old', { limit: 200 })).toHaveLength(120);
    expect(await ids(store, '天気', { limit: 200 })).toHaveLength(119);
    expect(await ids(store, 'tail number7')).toEqual([]);
    expect(await ids(store, 'tail', { limit: 200 })).toHaveLength(119);
    expect(await ids(store, 'number7')).toEqual([14]);
    expect(await ids(store, 'number60')).toEqual([]);
    await store.close();

    await checkIndex(path);
  },
);

test('a withdrawn message is not found', async () => {
  const store = await openStore(`${makeDirectory()}/s.sqlite`, { access: 'write' });
  await addConversation(store, { id: 'aaaa0001' }, []);
  const ask = async (message: string) =>
    (
      await store.enqueueTurn({
        sessionId: 'aaaa0001',
        message,
        owner: 'me',
        at: 1,
        limits: { timeoutMs: null, stallTimeoutMs: 1, maxTurns: null, maxBudgetUsd: null },
      })
    ).turn;
  await ask('one apple');
  const queued = await ask('two apples and one apple');
  expect(await ids(store, 'apple')).toEqual([4, 2]);
  await store.withdrawTurn(queued.id);
  expect(await ids(store, 'apple')).toEqual([2]);
  await store.close();
});
