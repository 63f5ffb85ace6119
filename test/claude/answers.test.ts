import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { drop, reply, streamError, text, thinking } from '../support/api-reply.ts';
import { startSession } from './running.ts';
import { toldConversation } from './requests.ts';
import { openWorkbench } from './workbench.ts';

it('gives a slow reader every byte of a 2 MB answer', async () => {
  const bench = await openWorkbench();
  const id = await bench.create();
  const pieces = Array.from({ length: 2000 }, (_, n) => `${n} ${'é日本語🙂'.repeat(70)}\n`);
  const answer = pieces.join('');
  expect(Buffer.byteLength(answer)).toBeGreaterThan(2_000_000);
  bench.api.answer(reply(text(pieces)));
  const slow = startSession(['send', id, 'Go on.'], { cwd: bench.root, env: bench.env, pauseMs: 50 });
  const { status, stdout } = await slow.ended;
  expect(status).toBe(0);
  expect(stdout.trimEnd() === answer.trimEnd()).toBe(true);
  const [, stored] = JSON.parse((await bench.run('history', id, '--json')).stdout) as { content: string }[];
  expect(stored?.content === answer).toBe(true);
});

it('stores the whole answer once when send is killed in the middle of it', async () => {
  const bench = await openWorkbench();
  const id = await bench.create();
  const words = Array.from({ length: 20 }, (_, n) => `word${n} `);
  bench.api.answer(reply(text(words, 50)), reply('And on.'));
  const victim = bench.start('send', id, 'Count.');
  await victim.said('word3');
  victim.process.kill('SIGKILL');
  await victim.ended;

  const next = await bench.run('send', id, 'Go on.', '--ndjson');
  expect(next.done).toMatchObject({ status: 'completed', text: 'And on.' });
  expect(next.records[0]).toMatchObject({ type: 'start', continuity: 'resume' });
  expect(toldConversation(bench.api.requests.at(-1))).toContain(`assistant: ${words.join('')}`);

  const history = JSON.parse((await bench.run('history', id, '--json')).stdout) as Record<string, unknown>[];
  expect(history.map(({ content, status }) => [content, status])).toEqual([
    ['Count.', 'completed'],
    [words.join(''), 'completed'],
    ['Go on.', 'completed'],
    ['And on.', 'completed'],
  ]);
  expect(bench.survivors()).toEqual([]);
});

it.each([
  ['a dropped connection', drop()],
  ['an error in the stream', streamError('overloaded_error', 'busy')],
])('takes back the preview after %s', async (_, breakOff) => {
  const bench = await openWorkbench();
  const id = await bench.create();
  bench.api.answer(reply(text(['one ', 'two '], 100), breakOff), reply('second try'));
  const { records, done } = await bench.run('send', id, 'hello', '--ndjson');
  expect(done).toMatchObject({ status: 'completed', text: 'second try' });
  expect(records.find(({ type }) => type === 'text')).toMatchObject({ content: 'one ' });
  let seen = '';
  for (const { type, content } of records) {
    if (type === 'discard') seen = '';
    if (type === 'text') seen += content as string;
  }
  expect(seen).toBe('second try');
});

it('keeps the block that was whole before the connection closed: an older agent fails, a newer one goes on', async () => {
  const bench = await openWorkbench();
  const id = await bench.create();
  bench.api.answer(
    reply(text(['A whole block, '], 100), text(['half ', 'a block'], 100), drop()),
    reply('and the rest'),
  );
  const { status, done } = await bench.run('send', id, 'hello', '--ndjson');
  if (bench.api.requests.length === 1) {
    expect(done).toMatchObject({ status: 'failed', text: 'A whole block, half a block' });
    expect(status).toBe(1);
  } else {
    expect(done).toMatchObject({ status: 'completed', text: 'A whole block, \n\nand the rest' });
    expect(status).toBe(0);
  }
});

it('streams text as it comes and keeps thoughts out of it', async () => {
  const bench = await openWorkbench();
  const id = await bench.create();
  bench.api.answer(reply(thinking('Hm.'), text(['first ', 'second ', 'last'], 400)));
  const running = bench.start('send', id, 'hello');
  await running.said('first');
  await sleep(50);
  expect(running.process.exitCode).toBe(null);
  expect(await running.ended).toMatchObject({ status: 0, stdout: 'first second last\n', stderr: '' });
});
