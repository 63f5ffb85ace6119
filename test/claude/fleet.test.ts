import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { reply, toolUse } from '../support/api-reply.ts';
import { createDatabase, startPostgres } from '../support/postgres.ts';
import { toldConversation } from './requests.ts';
import { startSession } from './running.ts';
import { openWorkbench } from './workbench.ts';

it('goes on from another machine with what its tools said on the first one', async () => {
  const server = await startPostgres();
  onTestFinished(() => server.stop());
  const bench = await openWorkbench();
  bench.env['CLAUDE_SESSION_STORE_URL'] = await createDatabase(server.url);
  const other = path.join(bench.scratch, 'other');
  mkdirSync(other);
  const env = { ...bench.env, HOME: other, CLAUDE_SESSION_HOME: path.join(other, 'store') };
  bench.configure({ permissions: { user: { allow: ['Bash(echo:*)'] } } });
  bench.api.answer(
    reply('I look.', toolUse('Bash', { command: 'echo the-number-is-41' })),
    reply('It is 41.'),
    reply('As I said: 41.'),
    reply('And again.'),
  );
  await bench.create('--name', 'moving');
  expect((await bench.run('send', 'moving', 'What does echo say?')).status).toBe(0);
  const moved = await startSession(['send', 'moving', 'Sure?', '--ndjson'], { cwd: bench.root, env }).ended;
  expect(moved.records[0]).toMatchObject({ continuity: 'resume' });
  expect(moved.done).toMatchObject({ status: 'completed', text: 'As I said: 41.' });
  expect(JSON.stringify(bench.api.requests[2])).toContain('the-number-is-41');
  expect(toldConversation(bench.api.requests[2])).toEqual(
    expect.arrayContaining(['user: What does echo say?', 'assistant: It is 41.', 'user: Sure?']),
  );
  const back = await bench.run('send', 'moving', 'Once more.', '--ndjson');
  expect(back.records[0]).toMatchObject({ continuity: 'resume' });
  expect(toldConversation(bench.api.requests[3])).toEqual(
    expect.arrayContaining(['user: Sure?', 'assistant: As I said: 41.', 'user: Once more.']),
  );
  expect(bench.survivors()).toEqual([]);
});
