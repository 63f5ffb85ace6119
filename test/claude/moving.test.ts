import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { reply, toolUse } from '../support/api-reply.ts';
import { toldConversation } from './requests.ts';
import { openWorkbench } from './workbench.ts';

it('forks a conversation that claude has, and both go on for themselves', async () => {
  const bench = await openWorkbench();
  const origin = await bench.create('--name', 'origin');
  bench.api.answer(
    reply('The answer is 41.'),
    reply('Fork says 42.'),
    reply('Origin says 43.'),
    reply('44.'),
  );
  await bench.run('send', 'origin', 'Remember the number.');
  const fork = (await bench.run('fork', 'origin', '--name', 'fork')).stdout.trim();
  const forked = await bench.run('send', 'fork', 'Add one.', '--ndjson');
  expect(forked.records[0]).toMatchObject({ type: 'start', session_id: fork, continuity: 'resume' });
  expect(toldConversation(bench.api.requests[1])).toEqual(
    expect.arrayContaining(['user: Remember the number.', 'assistant: The answer is 41.', 'user: Add one.']),
  );
  await bench.run('send', 'origin', 'Add two.');
  expect(toldConversation(bench.api.requests[2])).not.toContain('user: Add one.');
  expect(toldConversation(bench.api.requests[2])).toContain('user: Add two.');
  await bench.run('send', 'fork', 'And again.');
  expect(toldConversation(bench.api.requests[3])).toEqual(
    expect.arrayContaining(['user: Add one.', 'assistant: Fork says 42.', 'user: And again.']),
  );
  expect(toldConversation(bench.api.requests[3])).not.toContain('user: Add two.');
  const agents = await Promise.all(
    [origin, fork].map(
      async (id) => JSON.parse((await bench.run('show', id, '--json')).stdout) as Record<string, unknown>,
    ),
  );
  expect(new Set(agents.map(({ agent_session_id }) => agent_session_id)).size).toBe(2);
  expect(bench.survivors()).toEqual([]);
});

it('takes in a conversation that claude had alone, and goes on with it', async () => {
  const bench = await openWorkbench();
  bench.api.answer(
    reply('I look.', toolUse('Bash', { command: 'echo hi' })),
    reply('It says hi.'),
    reply('As I said: hi.'),
  );
  const claude = bench.env['CLAUDE_SESSION_CLAUDE']!;
  const alone = await new Promise<number | null>((resolve) => {
    const child = spawn(claude, ['-p', 'What does echo say?'], {
      cwd: bench.root,
      env: bench.env,
      stdio: 'ignore',
    });
    child.on('close', resolve);
  });
  expect(alone).toBe(0);
  const projects = path.join(bench.userHome, '.claude', 'projects');
  const [folder] = readdirSync(projects);
  const [file] = readdirSync(path.join(projects, folder!)).filter((name) => name.endsWith('.jsonl'));
  const imported = await bench.run('import', path.join(projects, folder!, file!));
  expect(imported.status).toBe(0);
  const id = imported.stdout.trim();
  const history = JSON.parse((await bench.run('history', id, '--json')).stdout) as Record<string, unknown>[];
  expect(history).toMatchObject([
    { role: 'user', content: 'What does echo say?', status: 'completed' },
    {
      role: 'assistant',
      content: 'I look.\n\nIt says hi.',
      tool_calls: [{ name: 'Bash', result: 'hi', denied: false }],
    },
  ]);
  const sent = await bench.run('send', id, 'Sure?', '--ndjson');
  expect(sent.records[0]).toMatchObject({ continuity: 'resume' });
  expect(sent.done).toMatchObject({ status: 'completed', text: 'As I said: hi.' });
  expect(toldConversation(bench.api.requests[2])).toEqual(
    expect.arrayContaining(['user: What does echo say?', 'assistant: It says hi.', 'user: Sure?']),
  );
  // Its transcript now has that turn too, and it is not taken for a new one.
  const again = await bench.run('import', path.join(projects, folder!, file!), '--json');
  expect(JSON.parse(again.stdout)).toMatchObject([{ sessions: 0, turns: 0, known_turns: 2 }]);
});
