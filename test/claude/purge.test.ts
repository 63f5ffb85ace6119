import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { reply, toolUse } from '../support/api-reply.ts';
import { openWorkbench } from './workbench.ts';

it('leaves nothing of a session that is deleted with its transcripts', async () => {
  const bench = await openWorkbench();
  bench.configure({ permissions: { user: { allow: ['Bash', 'Write', 'Edit'] } } });
  const id = await bench.create('--system-prompt', 'Speak of zebrasecret.');
  const file = join(bench.root, 'notes.txt');
  const task = {
    description: 'dig',
    prompt: 'Dig for zebrasecret.',
    subagent_type: 'general-purpose',
    model: 'haiku',
  };
  bench.api.answer(
    reply(toolUse('Write', { file_path: file, content: 'zebrasecret one' })),
    reply(toolUse('Edit', { file_path: file, old_string: 'one', new_string: 'zebrasecret two' })),
    reply(toolUse('Bash', { command: 'python3 -c "print(\'zebrasecret \' * 20000)"' })),
    reply(toolUse('TodoWrite', { todos: [{ content: 'zebrasecret', status: 'pending', activeForm: 'z' }] })),
    reply(toolUse('Task', task)),
    reply('The zebrasecret of the sub-agent.'),
    reply('All of zebrasecret is done.'),
  );
  const { done } = await bench.send(id, 'Find the zebrasecret.', '--ndjson');
  console.log(done);
  const dir = join(bench.scratch);
  const list = () =>
    execFileSync(
      'sh',
      [
        '-c',
        `find ${dir} -type f | xargs ls -la | cut -c20-; echo GREP; grep -rlai zebrasecret ${dir} || true; find ${dir} -type d -empty; ls /tmp/claude-0 || true; grep -rla zebrasecret /tmp/claude-0 || true`,
      ],
      { encoding: 'utf8' },
    );
  console.log(list());
  console.log((await bench.run('rm', id, '--purge', '--transcript')).stderr);
  console.log(list());
  expect(1).toBe(1);
});
