import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { reply, text, toolUse } from '../support/api-reply.ts';
import type { OutputRecord } from './running.ts';
import { type Workbench, openWorkbench } from './workbench.ts';

const USAGE = { input_tokens: 1000, output_tokens: 100 };

it('counts each turn once: new, resumed, forked, warm, after one that died, and replayed', async () => {
  const bench = await openWorkbench();
  const id = await bench.create();
  bench.api.script(() => ({ ...reply('ok'), usage: USAGE }));
  const first = await spend(bench, id);
  expect(first.cost).toBeGreaterThan(0);
  const { cost } = first;
  expect(await spend(bench, id)).toEqual({ continuity: 'resume', cost, session: times(2, cost) });
  const fork = (await bench.run('fork', id)).stdout.trim();
  const forked = { continuity: 'resume', cost };
  expect(await spend(bench, fork)).toMatchObject(forked);
  expect(await spend(bench, fork)).toMatchObject(forked);
  expect(await spend(bench, id, '--warm')).toEqual({ continuity: 'resume', cost, session: times(3, cost) });
  expect(await spend(bench, id, '--warm')).toEqual({ continuity: 'warm', cost, session: times(4, cost) });

  bench.api.answer(reply(text(['one ', 'two ', 'three ', 'four '], 1000)));
  const dying = bench.start('send', id, 'Count.', '--warm', '--ndjson');
  await dying.said('one ');
  const agent = bench.survivors().find((line) => line.includes('--session-id') || line.includes('--resume'));
  process.kill(Number.parseInt(agent!, 10), 'SIGKILL');
  const { done } = await dying.ended;
  expect(done).toMatchObject({ status: 'failed', text: expect.stringMatching(/^one /) as string });

  expect(await spend(bench, id)).toEqual({ continuity: 'resume', cost, session: times(5, cost) });
  rmSync(join(bench.userHome, '.claude', 'projects'), { recursive: true });
  expect(await spend(bench, id)).toEqual({ continuity: 'replay', cost, session: times(6, cost) });
  expect(await spend(bench, id)).toEqual({ continuity: 'resume', cost, session: times(7, cost) });

  const [all] = await stats(bench);
  expect(all).toMatchObject({
    cost_usd: times(9, cost),
    usage: { input_tokens: 9 * 1000, output_tokens: 9 * 100 },
  });
});

it('refuses a turn when the budget of the session is used up, and not before', async () => {
  const bench = await openWorkbench();
  const id = await bench.create();
  bench.api.script(() => ({ ...reply('ok'), usage: USAGE }));
  const { cost } = await spend(bench, id);
  const limited = await bench.create('--budget-usd', String(2.5 * cost));
  for (let turn = 1; turn <= 2; turn++)
    expect(await spend(bench, limited)).toMatchObject({ cost, session: times(turn, cost) });
  const over = await bench.run('send', limited, 'hello', '--ndjson');
  expect(over.done).toMatchObject({ status: 'limit', exit_code: 7, text: 'ok', cost_usd: times(1, cost) });
  expect(over.done['session_cost_usd']).toEqual(times(3, cost));
  const before = bench.api.requests.length;
  const refused = await bench.run('send', limited, 'hello', '--ndjson');
  expect(refused.status).toBe(7);
  expect(refused.records.find(({ type }) => type === 'error')).toMatchObject({ code: 'BUDGET_EXCEEDED' });
  expect(bench.api.requests).toHaveLength(before);
});

it('counts a sub-agent to its own model, in tokens and cost', async () => {
  const bench = await openWorkbench();
  const id = await bench.create();
  const dig = { description: 'dig', prompt: 'Dig deep.', subagent_type: 'general-purpose', model: 'haiku' };
  const spent = { input_tokens: 50_000, output_tokens: 500, cache_read_input_tokens: 7 };
  bench.api.script(({ body }) =>
    body.model.includes('haiku')
      ? { ...reply('Found it.'), usage: spent }
      : { ...reply('All is dug.'), usage: USAGE },
  );
  bench.api.answer({ ...reply(toolUse('Task', dig)), usage: USAGE });
  const { done } = await bench.run('send', id, 'Have it dug.', '--ndjson');
  expect(done).toMatchObject({ status: 'completed', text: 'All is dug.' });
  const byModel = done['usage_by_model'] as Record<string, OutputRecord>;
  const names = Object.keys(byModel).toSorted(
    (a, b) => Number(a.includes('haiku')) - Number(b.includes('haiku')),
  );
  expect(names).toHaveLength(2);
  const [main, sub] = names.map((name) => byModel[name]!);
  expect(main).toMatchObject({ input_tokens: 2000, output_tokens: 200 });
  expect(sub).toMatchObject(spent);
  expect(done['usage']).toMatchObject({
    input_tokens: 52_000,
    output_tokens: 700,
    cache_read_input_tokens: 7,
  });
  expect(done['cost_usd']).toBeCloseTo((main!['cost_usd'] as number) + (sub!['cost_usd'] as number), 8);

  const rows = await stats(bench, '--by', 'model');
  expect(rows.map(({ key }) => key as string).toSorted()).toEqual(names.toSorted());
  for (const { key, usage, cost_usd } of rows) expect({ ...usage, cost_usd }).toEqual(byModel[key as string]);
});

/** What one turn cost, and the session by then. */
async function spend(
  bench: Workbench,
  id: string,
  ...args: string[]
): Promise<{ continuity: string; cost: number; session: unknown }> {
  const { records, done } = await bench.run('send', id, 'hello', '--ndjson', ...args);
  expect(done).toMatchObject({ status: 'completed', usage: USAGE });
  return {
    continuity: records[0]!['continuity'] as string,
    cost: done['cost_usd'] as number,
    session: done['session_cost_usd'],
  };
}

async function stats(bench: Workbench, ...args: string[]): Promise<OutputRecord[]> {
  return JSON.parse((await bench.run('stats', '--json', ...args)).stdout) as OutputRecord[];
}

/** To the eighth digit: sums of costs are no round numbers. */
function times(count: number, cost: number): unknown {
  return expect.closeTo(count * cost, 8);
}
