import { expect, test } from 'vitest';
import type { MessageSearch } from '../../src/store/message-store.ts';
import type { Store } from '../../src/store/store.ts';
import { addConversation } from '../support/conversations.ts';
import { makeSubject } from './subject.ts';

async function ids(store: Store, text: string, search: Partial<MessageSearch> = {}): Promise<number[]> {
  const { hits } = await store.messages.search({ text, limit: 100, order: 'newest', ...search });
  return hits.map(({ messageId }) => messageId);
}

test('words are found anywhere in a long message, and gone with it', async () => {
  const store = await (await makeSubject()).open();
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
  while ((await store.retention.purge(['aaaa0001'])).left.length > 0);
  expect(await ids(store, 'finish')).toEqual([]);
  expect(await ids(store, '気')).toEqual([6]);
  await store.close();
});

test('a withdrawn message is not found', async () => {
  const store = await (await makeSubject()).open();
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
  await store.turns.withdraw(queued.id, queued.owner!);
  expect(await ids(store, 'apple')).toEqual([2]);
  await store.close();
});
