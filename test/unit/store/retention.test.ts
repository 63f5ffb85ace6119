import { beforeEach, describe, expect, test } from 'vitest';
import { openDatabase } from '../../../src/store/sqlite/engine/database.ts';
import { SCHEMA } from '../../../src/store/sqlite/schema.ts';
import { openStore } from '../../../src/store/sqlite/open.ts';
import type { Store } from '../../../src/store/store.ts';
import { addSession, addTurn, run } from '../../support/retention.ts';
import { newSession } from '../../support/store-model.ts';
import { makeDirectory } from '../../support/store-program.ts';

let store: Store;
let path: string;
beforeEach(async () => {
  path = `${makeDirectory()}/sessions.sqlite`;
  store = await openStore(path, { access: 'write' });
  return () => store.close();
});

/** Rows of a table, asked of the file itself. */
async function countRows(table: string): Promise<number> {
  const db = await openDatabase(path, SCHEMA, { access: 'read' });
  const row = await db.read((tx) => tx.get<{ n: number }>(`SELECT count(*) AS n FROM ${table}`));
  await db.close();
  return row!.n;
}

const TABLES = ['sessions', 'turns', 'messages', 'message_parts', 'tool_calls', 'session_changes'];

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
  const looked = await run(store, { maxAgeMs: 0 });
  expect(looked.steps.length).toBeGreaterThan(4);
  expect(new Set(looked.sessions.map(({ id }) => id)).size).toBe(9_000);
  const acted = await run(store, { maxAgeMs: 0 }, true);
  expect(acted.words).toBe(looked.words);
  expect((await run(store, { purgeAfterMs: 0, at: 9_001 })).words).toBe(
    looked.words.replace('trash', 'purge'),
  );
  expect((await store.retention.usage()).trash.sessions).toBe(9_000);
});

describe('deleting for good', () => {
  /** More of everything than goes in one step. */
  async function addLarge(id: string): Promise<void> {
    await store.sessions.insert(newSession({ id, name: 'large', pinned: true }));
    await addTurn(store, id, 1_000, 'x'.repeat(6_000_000));
    for (let n = 0; n < 30; n++) await addTurn(store, id, 1_000 + n, 'x'.repeat(100_000));
    await store.sessions.change(id, { mode: 'power' }, { by: 'me', at: 1 });
  }

  test('nothing of a session is left, and all of the others', async () => {
    await addLarge('0000000a');
    await addSession(store, '0000000b', 1_000);
    const before = await Promise.all(TABLES.map(countRows));
    expect(before[3]).toBeGreaterThan(90);
    await store.retention.trash('0000000a', 5_000);
    let steps = 1;
    while ((await store.retention.purge(['0000000a'])).left.length > 0) steps++;
    expect(steps).toBeGreaterThan(1);
    expect(await Promise.all(TABLES.map(countRows))).toEqual([1, 1, 2, 0, 0, 0]);
    expect(await store.retention.purge(['0000000a'])).toEqual({ purged: [], left: [] });
  });
});

test('vacuuming returns what deleting freed', async () => {
  await store.sessions.insert(newSession({ id: '0000000a' }));
  for (let n = 0; n < 10; n++) await addTurn(store, '0000000a', 1_000, `some words of ${n} `.repeat(6_000));
  await addSession(store, '0000000b', 1_000);
  await store.retention.trash('0000000a', 1);
  while ((await store.retention.purge(['0000000a'])).left.length > 0);
  expect(await store.retention.vacuum()).toBeGreaterThan(900_000);
  expect(await store.messages.list({ sessionId: '0000000b' })).toHaveLength(2);
  expect(await store.retention.vacuum()).toBe(0);
});
