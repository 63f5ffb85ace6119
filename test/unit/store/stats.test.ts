import { expect, test } from 'vitest';
import { openDatabase } from '../../../src/store/sqlite/engine/database.ts';
import { SCHEMA } from '../../../src/store/sqlite/schema.ts';
import { readStats } from '../../../src/store/sqlite/stats.ts';
import { makeDirectory } from '../../support/store-program.ts';

test('sums are the same over many slices, also where many turns end at one time', async () => {
  const db = await openDatabase(`${makeDirectory()}/s.sqlite`, SCHEMA, { access: 'write' });
  await db.write((tx) => {
    tx.run(
      `INSERT INTO sessions (id, mode, root, agent, warm, pinned, created_at, last_active_at, tags, mcp_configs, attachments)
       VALUES ('aaaa0001', 'user', '/work', 'mock', 0, 0, 1, 1, '{}', '[]', '[]')`,
    );
    tx.run(
      `WITH RECURSIVE turn (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM turn WHERE n < 12000)
       INSERT INTO turns (session_id, status, limits, queued_at, ended_at, cost_usd, duration_ms, model)
       SELECT 'aaaa0001', 'completed', '{}', n, 1000 + n / 3000, 0.001, n, 'm' || (n % 3) FROM turn`,
    );
  });
  let reads = 0;
  const counted = {
    ...db,
    read: <T>(work: Parameters<typeof db.read<T>>[0]) => {
      reads++;
      return db.read(work);
    },
  };
  const [total] = await readStats(counted, { by: 'session' });
  expect(total).toMatchObject({
    key: 'aaaa0001',
    turns: 12_000,
    costUsd: 12,
    durationMs: (12_000 * 12_001) / 2,
  });
  expect(reads).toBeGreaterThan(1);
  expect((await readStats(db, { by: 'model' })).map(({ key, turns }) => [key, turns]).toSorted()).toEqual([
    ['m0', 4000],
    ['m1', 4000],
    ['m2', 4000],
  ]);
  expect(
    (await readStats(db, { by: 'model', since: 1001, until: 1003 })).reduce(
      (sum, { turns }) => sum + turns,
      0,
    ),
  ).toBe(6000);
  await db.close();
});
