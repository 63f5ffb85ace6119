import { expect, it } from 'vitest';
import { reply, text } from '../support/api-reply.ts';
import { openWorkbench } from './workbench.ts';

const COUNTING = Array.from({ length: 100 }, (_, n) => `word${n} `);

it('finishes a detached turn with nobody watching', async () => {
  const bench = await openWorkbench();
  const id = await bench.create();
  bench.api.answer(reply(text(['slow ', 'but ', 'sure'], 500)));
  const { status } = await bench.run('send', id, 'hello', '--detach');
  expect(status).toBe(0);
  const watched = await bench.run('watch', id);
  expect(watched).toMatchObject({ status: 0, stdout: 'slow but sure\n' });
  expect((await bench.run('wait', id)).status).toBe(0);
  const history = JSON.parse((await bench.run('history', id, '--json')).stdout) as { content: string }[];
  expect(history.map(({ content }) => content)).toEqual(['hello', 'slow but sure']);
  expect(bench.survivors()).toEqual([]);
});

it('cancels a turn of another process and keeps what was said', async () => {
  const bench = await openWorkbench();
  const id = await bench.create();
  bench.api.answer(reply(text(COUNTING, 200)));
  const running = bench.start('send', id, 'Count.', '--ndjson');
  await running.said('word2 ');
  expect((await bench.run('cancel', id)).status).toBe(0);
  const { status, done } = await running.ended;
  expect(status).not.toBe(0);
  expect(done).toMatchObject({ type: 'done', status: 'interrupted' });
  expect(done['text']).toMatch(/^word0 word1 word2 /);
  expect(bench.survivors()).toEqual([]);
});

it('runs two sends to one session one after the other', async () => {
  const bench = await openWorkbench();
  const id = await bench.create();
  bench.api.answer(reply(text(['first ', 'answer'], 2000)), reply('second answer'));
  const first = bench.start('send', id, 'one');
  await first.said('first');
  const busy = await bench.run('send', id, 'never', '--no-wait');
  expect(busy.status).toBe(6);
  const second = bench.run('send', id, 'two');
  expect(await first.ended).toMatchObject({ status: 0, stdout: 'first answer\n' });
  expect(await second).toMatchObject({ status: 0, stdout: 'second answer\n' });
  expect(JSON.stringify(bench.api.requests.at(-1)?.body.messages)).toContain('first answer');
});
