import { expect, test } from 'vitest';
import type { Reader, Writer } from '../../../src/store/sqlite/engine/connection.ts';
import type { SqlValue } from '../../../src/store/sql-value.ts';
import { type Database, openDatabase } from '../../../src/store/sqlite/engine/database.ts';
import { SCHEMA } from '../../../src/store/sqlite/schema.ts';
import { storeOn } from '../../../src/store/sqlite/open.ts';
import { newSession, newTurn, turnEnd } from '../../support/store-model.ts';
import { makeDirectory } from '../../support/store-program.ts';

/** What SQLite intends for every statement that runs through a database. */
function explaining(database: Database, plans: Map<string, string[]>): Database {
  const explained = (tx: Writer): Writer => {
    const explain = (sql: string, params: readonly SqlValue[] = []): void => {
      const steps = tx.all<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`, params);
      plans.set(
        sql.replace(/\s+/g, ' '),
        steps.map(({ detail }) => detail),
      );
    };
    return {
      all: (sql, params) => (explain(sql, params), tx.all(sql, params)),
      get: (sql, params) => (explain(sql, params), tx.get(sql, params)),
      run: (sql, params) => (explain(sql, params), tx.run(sql, params)),
    };
  };
  return {
    read: (work) => database.read((tx: Reader) => work(explained(tx as Writer))),
    write: (work) => database.write((tx) => work(explained(tx))),
    vacuum: () => database.vacuum(),
    close: () => database.close(),
  };
}

test('no statement of the store looks at more rows than it needs', async () => {
  const plans = new Map<string, string[]>();
  const path = `${makeDirectory()}/sessions.sqlite`;
  const store = storeOn(explaining(await openDatabase(path, SCHEMA, { access: 'write' }), plans));

  await store.sessions.insertIfMissing({ ...newSession(), name: 'nightly' });
  await store.sessions.insert(newSession({ id: '0000bbbb' }));
  await store.sessions.find('0000aaaa');
  await store.sessions.findByName('nightly');
  await store.sessions.findByPrefix('0000', 10);
  await store.sessions.findLast('/work');
  for (const trash of ['all', 'live'] as const) {
    await store.sessions.list({ trash, limit: 10 });
    await store.sessions.list({ trash, activeSince: 1, limit: 10 });
    await store.sessions.count({ trash });
  }
  await store.sessions.list({
    root: '/work',
    mode: 'user',
    study: 'x',
    tags: { a: 'b', c: '' },
    activeSince: 1,
    limit: 10,
  });
  await store.sessions.change('0000aaaa', { name: 'other' });
  await store.sessions.change('0000aaaa', { mode: 'power' }, { by: 'me', at: 1 });
  await store.sessions.changes('0000aaaa');
  const { turn } = await store.turns.enqueue(newTurn('0000aaaa', { message: 'x'.repeat(300_000) }));
  const { turn: queued } = await store.turns.enqueue(newTurn('0000aaaa'));
  await store.turns.find(turn.id);
  await store.turns.open();
  await store.turns.open('0000aaaa');
  await store.turns.last('0000aaaa', 10);
  await store.turns.start(queued.id, 'me', 1);
  await store.turns.adopt(turn.id, 'me', 'you');
  const toolCalls = [
    { id: 't', name: 'n', input: 1, result: null, isError: false, denied: false, textOffset: 0 },
  ];
  const agentSession = { id: 'u', sinceTurn: 1, context: null, isCompacted: false, spent: null };
  await store.turns.finish(
    turn.id,
    'you',
    turnEnd({ answer: ['x'.repeat(300_000)], toolCalls, agentSession }),
  );
  await store.turns.withdraw(queued.id, queued.owner!);
  const sessionId = '0000aaaa';
  await store.messages.list({ sessionId, limit: 10 }, { toolCalls: true });
  await store.messages.list({ sessionId, before: 9, after: 1, since: 1, role: 'user', limit: 10 });
  await store.messages.list({ sessionId, first: 10, after: 1 });
  for await (const _ of store.messages.readContent(2)) void _;
  const limits = { maxAgeMs: 0, purgeAfterMs: 0, keepLast: 2, excessBytes: 1 };
  const spare = new Map([['0000aaaa', 'young']] as const);
  for await (const step of store.retention.plan({ at: Date.now(), ...limits, spare }))
    await store.retention.apply(step, 1);
  await store.retention.correctTimes(1);
  await store.retention.usage();
  await store.sessions.whileIdle('0000aaaa', () => {});
  await store.retention.trash('0000bbbb', 1);
  await store.retention.purge(['0000bbbb']);
  await store.close();

  expect(plans.size).toBeGreaterThan(40);
  // Walking an index of just the rows meant, in its order, is no scan; nor is reading a few values of a parameter.
  const isBounded = (step: string): boolean =>
    !/USE TEMP B-TREE/.test(step) &&
    (!/^SCAN (?!tag|CONSTANT|json_each|roots|message_index_state)/.test(step) ||
      /USING (COVERING )?INDEX \w+_(live|trashed|open)(_root)?\b/.test(step));
  const unbounded = [...plans].filter(([, steps]) => !steps.every(isBounded));
  expect(unbounded).toEqual([]);
});
