import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { reply, toolUse } from '../support/api-reply.ts';
import { filesWith } from '../support/files-with.ts';
import { png } from '../support/sample-files.ts';
import { openWorkbench } from './workbench.ts';

it.each([
  ['rm --purge --transcript', (id: string) => ['rm', id, '--purge', '--transcript']],
  ['gc', () => ['gc', '--max-age', '0', '--purge-after', '0']],
])('leaves nothing of a session that is purged by %s', async (_, purge) => {
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
  // A newer claude keeps a copy of each image.
  const picture = join(bench.root, 'picture.png');
  writeFileSync(picture, Buffer.concat([png(2, 2), Buffer.from('zebrasecret')]));
  const { done } = await bench.run('send', id, 'Find the zebrasecret.', '--attach', picture, '--ndjson');
  expect(done).toMatchObject({ status: 'completed' });
  expect(filesWith(bench.scratch, 'zebrasecret').length).toBeGreaterThan(2);
  const { status } = await bench.run(...purge(id));
  expect(status).toBe(0);
  // What the agent was asked to write stays.
  expect(filesWith(bench.scratch, 'zebrasecret').toSorted()).toEqual([file, picture].toSorted());
});
