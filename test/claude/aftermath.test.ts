import { expect, it } from 'vitest';
import { reply, toolUse } from '../support/api-reply.ts';
import { type Workbench, openWorkbench } from './workbench.ts';

it('counts what the agent says once its background work is done to the same turn', async () => {
  const bench = await openWorkbench();
  const id = await openSession(bench);
  const command = 'sleep 0.5; echo ready';
  bench.api.answer(
    reply(toolUse('Bash', { command, run_in_background: true })),
    reply('It runs. '),
    reply('It is ready.'),
  );
  const { status, done } = await bench.run('send', id, 'Start it.', '--ndjson');
  expect(status).toBe(0);
  expect(done).toMatchObject({ status: 'completed', text: 'It runs. It is ready.' });
  expect(bench.api.requests).toHaveLength(3);
  expect(done['usage']).toMatchObject({ input_tokens: 30, output_tokens: 15 });
  expect(bench.survivors()).toEqual([]);

  bench.api.answer(reply('Good.'));
  await bench.run('send', id, 'Well?');
  const told = JSON.stringify(bench.api.requests.at(-1)?.body.messages);
  expect(told).toContain('It is ready.');
});

it('does not wait for background work that never ends', async () => {
  const bench = await openWorkbench();
  const id = await openSession(bench);
  bench.api.answer(
    reply(toolUse('Bash', { command: 'sleep 1000', run_in_background: true })),
    reply('It runs.'),
  );
  const { done } = await bench.run('send', id, 'Start it.', '--ndjson');
  expect(done).toMatchObject({ status: 'completed', text: 'It runs.', exit_code: 0 });
  expect(bench.survivors()).toEqual([]);
});

async function openSession(bench: Workbench): Promise<string> {
  bench.configure({ permissions: { user: { allow: ['Bash'] } } });
  return bench.create();
}
