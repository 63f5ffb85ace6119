import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { httpFailure, reply } from '../support/api-reply.ts';
import { systemPrompt, toldConversation } from './requests.ts';
import { openWorkbench } from './workbench.ts';

it('goes on by resume, and by replay once the transcript is gone', async () => {
  const bench = await openWorkbench();
  const id = await bench.create('--name', 'nightly');
  const send = async (message: string): Promise<string> => {
    const { records, done } = await bench.run('send', 'nightly', message, '--ndjson');
    expect(done).toMatchObject({ type: 'done', status: 'completed', exit_code: 0, session_id: id });
    return records[0]!['continuity'] as string;
  };

  bench.api.answer(reply('The answer is 41.'), reply('Now 42.'), reply('Still 42.'), reply('Always 42.'));
  expect(await send('Remember the number.')).toBe('new');
  expect(await send('Add one.')).toBe('resume');
  expect(toldConversation(bench.api.requests[1])).toEqual(
    expect.arrayContaining(['user: Remember the number.', 'assistant: The answer is 41.', 'user: Add one.']),
  );

  rmSync(join(bench.userHome, '.claude', 'projects'), { recursive: true });
  expect(await send('And now?')).toBe('replay');
  const replayed = bench.api.requests[2];
  expect(toldConversation(replayed)).not.toContain('assistant: Now 42.');
  for (const text of ['Remember the number.', 'The answer is 41.', 'Add one.', 'Now 42.'])
    expect(systemPrompt(replayed)).toContain(text);

  expect(await send('Sure?')).toBe('resume');
  expect(toldConversation(bench.api.requests[3])).toEqual(
    expect.arrayContaining(['user: And now?', 'assistant: Still 42.', 'user: Sure?']),
  );
  expect(systemPrompt(bench.api.requests[3])).toContain('The answer is 41.');

  const history = JSON.parse((await bench.run('history', id, '--json')).stdout) as { content: string }[];
  expect(history.map(({ content }) => content)).toEqual([
    'Remember the number.',
    'The answer is 41.',
    'Add one.',
    'Now 42.',
    'And now?',
    'Still 42.',
    'Sure?',
    'Always 42.',
  ]);
  expect(bench.survivors()).toEqual([]);
});

it('says what the API said, and goes on after it', async () => {
  const bench = await openWorkbench();
  const id = await bench.create();
  bench.api.script(() => httpFailure(400, 'invalid_request_error', 'messages: bad thing'));
  const failed = await bench.run('send', id, 'one', '--ndjson', '--max-retries', '0');
  expect(failed.status).toBe(1);
  expect(failed.done).toMatchObject({ type: 'done', status: 'failed', exit_code: 1, text: '' });
  expect(failed.records.find(({ type }) => type === 'error')).toMatchObject({
    code: 'AGENT_FAILED',
    message: expect.stringContaining('messages: bad thing') as string,
  });

  bench.api.reset();
  bench.api.answer(reply('Better now.'));
  const next = await bench.run('send', id, 'two');
  expect(next).toMatchObject({ status: 0, stdout: 'Better now.\n', stderr: '' });
});

it('tells a missing login from other failures, and works once there is one', async () => {
  const bench = await openWorkbench();
  const id = await bench.create();
  const key = bench.env['ANTHROPIC_API_KEY']!;
  delete bench.env['ANTHROPIC_API_KEY'];
  const out = await bench.run('send', id, 'hello', '--ndjson');
  expect(out.status).toBe(8);
  expect(out.records.find(({ type }) => type === 'error')).toMatchObject({ code: 'NOT_LOGGED_IN' });
  expect(bench.api.requests).toEqual([]);

  bench.env['ANTHROPIC_API_KEY'] = key;
  expect(await bench.run('send', id, 'hello again')).toMatchObject({ status: 0, stdout: 'ok\n' });
});

it('shows retries of the API, as many as were asked for', async () => {
  const bench = await openWorkbench();
  const id = await bench.create();
  bench.api.answer(httpFailure(529, 'overloaded_error', 'busy'), reply('Here I am.'));
  const recovered = await bench.run('send', id, 'hello', '--ndjson', '--max-retries', '2');
  expect(recovered.done).toMatchObject({ status: 'completed', text: 'Here I am.' });
  expect(recovered.records).toContainEqual(expect.objectContaining({ type: 'status', status: 'retrying' }));

  bench.api.reset();
  bench.api.script(() => httpFailure(401, 'authentication_error', 'invalid x-api-key'));
  const refused = await bench.run('send', id, 'hello', '--ndjson', '--max-retries', '0');
  expect(refused.status).toBe(8);
  expect(bench.api.requests).toHaveLength(1);
});
