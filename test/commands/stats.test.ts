import { expect, it } from 'vitest';
import { addConversation, withStore } from '../support/conversations.ts';
import { makeWorkplace } from '../support/run-command.ts';
import type { Workplace } from '../support/run-command.ts';
import { renderStats } from '../../src/output/stats.ts';

const MONDAY = Date.parse('2026-03-02T12:00:00Z');
const usage = {
  input_tokens: 100,
  output_tokens: 20,
  cache_read_input_tokens: 1000,
  cache_creation_input_tokens: 10,
};
const denial = { tool_name: 'Bash', tool_use_id: 't', tool_input: {} };

async function place(): Promise<Workplace> {
  const workplace = makeWorkplace();
  const { root } = workplace;
  await withStore(workplace.paths.store, async (store) => {
    await addConversation(store, { id: 'aaaa0001', root, study: 'bracket' }, [
      {
        asked: 'a',
        at: MONDAY,
        end: { usage, costUsd: 0.5, numTurns: 3, model: 'opus', permissionDenials: [denial, denial] },
      },
      {
        asked: 'b',
        at: MONDAY + 1000,
        end: { status: 'failed', errorCode: 'AGENT_FAILED', costUsd: 0, model: null },
      },
    ]);
    await addConversation(store, { id: 'aaaa0002', root }, [
      { asked: 'c', at: MONDAY + 86_400_000, end: { usage, costUsd: 0.25, model: 'haiku' } },
    ]);
    await store.sessions.change('aaaa0001', { mode: 'power' }, { by: 'ana', at: MONDAY + 500 });
  });
  return workplace;
}

async function stats(workplace: Workplace, ...words: string[]): Promise<Record<string, unknown>[]> {
  return JSON.parse((await workplace.run(['stats', '--json', ...words])).stdout) as Record<string, unknown>[];
}

it('adds up by day', async () => {
  const workplace = await place();
  expect(await stats(workplace)).toEqual([
    {
      by: 'day',
      key: '2026-03-02',
      name: null,
      turns: 2,
      completed: 1,
      num_turns: 4,
      denials: 2,
      usage,
      cache_read_ratio: 0.9009,
      cost_usd: 0.5,
      duration_ms: 2000,
    },
    {
      by: 'day',
      key: '2026-03-03',
      name: null,
      turns: 1,
      completed: 1,
      num_turns: 1,
      denials: 0,
      usage,
      cache_read_ratio: 0.9009,
      cost_usd: 0.25,
      duration_ms: 1000,
    },
  ]);
});

it.each([
  [
    'session',
    [
      ['aaaa0001', 2],
      ['aaaa0002', 1],
    ],
  ],
  [
    'study',
    [
      ['bracket', 2],
      [null, 1],
    ],
  ],
  [
    'model',
    [
      ['opus', 1],
      ['haiku', 1],
      [null, 1],
    ],
  ],
  [
    'mode',
    [
      ['user', 2],
      ['power', 1],
    ],
  ],
])('adds up by %s, what cost most first', async (by, sums) => {
  const found = await stats(await place(), '--by', by);
  expect(found.map(({ key, turns }) => [key, turns])).toEqual(sums);
});

it('has a row for each model that a turn used, and counts the turn for the one that cost most', async () => {
  const workplace = makeWorkplace();
  const usageByModel = { main: { ...usage, cost_usd: 0.1 }, helper: { ...usage, cost_usd: 0.4 } };
  const both = { usage, usageByModel, costUsd: 0.5, numTurns: 3, model: 'main', permissionDenials: [denial] };
  const old = { usage, costUsd: 0.2, numTurns: 1, model: 'main' };
  await withStore(workplace.paths.store, (store) =>
    addConversation(store, { id: 'aaaa0001', root: workplace.root }, [
      { asked: 'a', at: MONDAY, end: both },
      { asked: 'b', at: MONDAY + 1000, end: old },
    ]),
  );
  expect(await stats(workplace, '--by', 'model')).toMatchObject([
    { key: 'helper', turns: 1, completed: 1, num_turns: 3, denials: 1, usage, cost_usd: 0.4 },
    { key: 'main', turns: 1, num_turns: 1, denials: 0, usage: { output_tokens: 40 }, cost_usd: 0.3 },
  ]);
});

it('keeps to a time', async () => {
  const workplace = await place();
  expect((await stats(workplace, '--since', '2026-03-03')).map(({ key }) => key)).toEqual(['2026-03-03']);
  expect((await stats(workplace, '--until', '2026-03-03')).map(({ key }) => key)).toEqual(['2026-03-02']);
  expect((await workplace.run(['stats', '--since', 'x'])).status).toBe(2);
  expect((await workplace.run(['stats', '--by', 'moon'])).status).toBe(2);
});

it('counts a turn once, whatever was forked', async () => {
  const workplace = await place();
  await workplace.run(['fork', 'aaaa0001']);
  expect((await stats(workplace, '--by', 'session')).map(({ turns }) => turns)).toEqual([2, 1]);
});

it('prints a table, and nothing for nothing', async () => {
  const { stdout } = await (await place()).run(['stats']);
  expect(stdout).toMatchInlineSnapshot(`
    "DAY         TURNS  FAILED  CALLS  DENIED  TOKENS IN  CACHED  TOKENS OUT  TIME     COST
    2026-03-02      2       1      4       2       1110     90%          20    2s  $0.5000
    2026-03-03      1       0      1       0       1110     90%          20    1s  $0.2500
    total           3       1      5       2       2220     90%          40    3s  $0.7500
    "
  `);
  expect(await makeWorkplace().run(['stats'])).toEqual({ status: 0, stdout: '', stderr: '' });
  expect((await makeWorkplace().run(['stats', '--json'])).stdout).toBe('[]\n');
  expect((await makeWorkplace().run(['stats', '--ndjson'])).stdout).toBe('');
});

it('shows shares as bars on a terminal', async () => {
  const rows = (await stats(await place(), '--by', 'session')) as unknown as Parameters<
    typeof renderStats
  >[0];
  const lines = renderStats(rows, 120).split('\n');
  expect(lines[1]).toMatch(/█{16}$/);
  expect(lines[2]).toMatch(/[^█]█{8}$/);
  expect(lines[3]).toMatch(/^total .*\$0\.7500$/);
});
