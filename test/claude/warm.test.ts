import { expect, it } from 'vitest';
import { reply, text, toolUse } from '../support/api-reply.ts';
import { inventMessage, TREACHEROUS } from './messages.ts';
import { lastUserTexts, toldConversation } from './requests.ts';
import { openWorkbench } from './workbench.ts';

it('answers the next turn in the same process, told apart to the cent', async () => {
  const bench = await openWorkbench();
  const id = await bench.create();
  bench.api.script(() => ({ ...reply('ok'), usage: { input_tokens: 1000, output_tokens: 100 } }));
  const send = async (...args: string[]) => (await bench.run('send', id, '--ndjson', ...args)).records;
  const first = await send('one', '--warm');
  const second = await send('two', '--warm');
  expect([first[0], second[0]]).toMatchObject([{ continuity: 'new' }, { continuity: 'warm' }]);
  const costs = [first, second].map((records) => records.at(-1)!['cost_usd'] as number);
  expect(costs[1]).toBeCloseTo(costs[0]!, 8);
  expect(second.at(-1)).toMatchObject({ usage: { output_tokens: 100 }, num_turns: 1 });
  expect(toldConversation(bench.api.requests[1])).toEqual(
    expect.arrayContaining(['user: one', 'assistant: ok', 'user: two']),
  );

  const third = await send('three', '--cold');
  expect(third[0]).toMatchObject({ continuity: 'resume' });
  expect(toldConversation(bench.api.requests[2])).toEqual(
    expect.arrayContaining(['user: one', 'user: two', 'user: three']),
  );
  expect(bench.survivors()).toEqual([]);
});

it('hands over messages byte for byte', async () => {
  const bench = await openWorkbench();
  const id = await bench.create();
  const seeds = Array.from({ length: 15 }, () => Math.floor(Math.random() * 2 ** 32));
  const messages: [string, string][] = [
    ...TREACHEROUS.map((message): [string, string] => [message, '']),
    ...seeds.map((seed): [string, string] => [inventMessage(seed), `seed ${seed}`]),
  ];
  for (const [message, hint] of messages) {
    bench.api.reset();
    const { status, stderr } = await bench.send(id, message, '--warm');
    const label = `${hint} ${JSON.stringify(message)} ${stderr}`;
    expect(status, label).toBe(0);
    expect(bench.api.requests, label).toHaveLength(1);
    expect(lastUserTexts(bench.api.requests[0]).includes(message), label).toBe(true);
  }
  await bench.run('stop', id);
});

it('survives an interrupted turn, ends with stop, and leaves nothing', async () => {
  const bench = await openWorkbench();
  bench.configure({ permissions: { user: { allow: ['Bash'] } } });
  const id = await bench.create();
  await bench.run('send', id, 'one', '--warm');
  const counting = Array.from({ length: 100 }, (_, n) => `word${n} `);
  bench.api.answer(reply(text(counting, 200)));
  const running = bench.start('send', id, 'Count.', '--warm', '--ndjson');
  await running.said('word2 ');
  running.process.kill('SIGINT');
  expect((await running.ended).status).toBe(130);

  bench.api.answer(reply('Still here.'));
  const next = await bench.run('send', id, 'Go on.', '--warm', '--ndjson');
  expect(next.records[0]).toMatchObject({ continuity: 'warm' });
  expect(next.done).toMatchObject({ status: 'completed', text: 'Still here.' });
  expect(toldConversation(bench.api.requests.at(-1)).join()).toContain('assistant: word0 word1 word2 ');

  bench.api.answer(reply(toolUse('Bash', { command: 'setsid sleep 1000 >/dev/null 2>&1 & echo ok' })));
  await bench.run('send', id, 'Start it.', '--warm');
  expect(bench.survivors()).not.toEqual([]);
  expect((await bench.run('stop', id)).status).toBe(0);
  expect(bench.survivors()).toEqual([]);
});
