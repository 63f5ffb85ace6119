import { expect, test } from 'vitest';
import { openDatabase } from '../../../src/store/sqlite/engine/database.ts';
import { SCHEMA } from '../../../src/store/sqlite/schema.ts';
import { openStore } from '../../../src/store/sqlite/open.ts';
import { parseSearch } from '../../../src/store/sqlite/search-words.ts';
import type { MessageSearch } from '../../../src/store/message-store.ts';
import type { Store } from '../../../src/store/store.ts';
import { addConversation } from '../../support/conversations.ts';
import { makeDirectory } from '../../support/store-program.ts';

async function ids(store: Store, text: string, search: Partial<MessageSearch> = {}): Promise<number[]> {
  const { hits } = await store.messages.search({ text, limit: 100, order: 'newest', ...search });
  return hits.map(({ messageId }) => messageId);
}

/** Fails unless the index is of just the texts that are there. */
async function checkIndex(path: string): Promise<void> {
  const db = await openDatabase(path, SCHEMA, { access: 'write' });
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
  await store.retention.trash('aaaa0001', 1);
  while (!(await store.retention.purge('aaaa0001')));
  expect(await ids(store, 'finish')).toEqual([]);
  expect(await ids(store, '気')).toEqual([6]);
  await store.close();
  await checkIndex(path);
});

test('a withdrawn message is not found', async () => {
  const store = await openStore(`${makeDirectory()}/s.sqlite`, { access: 'write' });
  await addConversation(store, { id: 'aaaa0001' }, []);
  const ask = async (message: string) =>
    (
      await store.turns.enqueue({
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
  await store.turns.withdraw(queued.id);
  expect(await ids(store, 'apple')).toEqual([2]);
  await store.close();
});
