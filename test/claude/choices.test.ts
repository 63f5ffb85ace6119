import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { httpFailure, reply, toolUse } from '../support/api-reply.ts';
import type { RecordedRequest } from '../support/fake-api.ts';
import { openWorkbench } from './workbench.ts';

/** What the API was asked for: the model's family and the effort. */
function describe({ body }: RecordedRequest): string {
  return `${body.model.replace(/^claude-(\w+)-.*/, '$1')} ${body.output_config?.effort ?? '-'}`;
}

it.each([
  ['cold', []],
  ['warm', ['--warm']],
])('a %s agent has the model and the effort of its session, and of one turn those of the turn', async (_, how) => {
  const bench = await openWorkbench();
  // The variable is the user's default; what is asked for goes before it.
  bench.env['CLAUDE_CODE_EFFORT_LEVEL'] = 'medium';
  const id = await bench.create('--model', 'opus', '--effort', 'low');
  const send = (...args: string[]) => bench.run('send', id, 'Hello.', ...how, ...args);
  await send();
  await send('--model', 'sonnet', '--effort', 'high');
  await send();
  await bench.run('set', id, '--effort', 'max', '--model', 'sonnet');
  await send();
  expect(bench.api.requests.map(describe)).toEqual(['opus low', 'sonnet high', 'opus low', 'sonnet max']);
});

it('goes on with the default model where another one was only for the first turn, or is taken away', async () => {
  const bench = await openWorkbench();
  const plain = await bench.create();
  await bench.run('send', plain, 'Hello.');
  const id = await bench.create();
  await bench.run('send', id, 'Hello.', '--model', 'haiku');
  await bench.run('send', id, 'Hello.');
  await bench.run('set', id, '--model', 'haiku');
  await bench.run('send', id, 'Hello.');
  await bench.run('set', id, '--clear', 'model');
  await bench.run('send', id, 'Hello.');
  const [byDefault, ...models] = bench.api.requests.map(({ body }) => body.model);
  console.log(byDefault, models);
  const haiku = expect.stringContaining('haiku') as string;
  expect(models).toEqual([haiku, byDefault, haiku, byDefault]);
});

it('falls back to the models in their order', async () => {
  const bench = await openWorkbench();
  const id = await bench.create('--model', 'opus', '--fallback-model', 'sonnet, haiku');
  bench.api.script(({ body }) =>
    body.model.includes('haiku') ? reply('Here.') : httpFailure(529, 'overloaded_error', 'Overloaded'),
  );
  const { done } = await bench.run('send', id, 'Hello.', '--ndjson');
  console.log(done, bench.api.requests.map(describe));
  expect(done).toMatchObject({ status: 'completed', text: 'Here.' });
});

it.each([
  ['a session', (dir: string) => [['--add-dir', dir], []]],
  ['a turn', (dir: string) => [[], ['--add-dir', dir]]],
] as [string, (dir: string) => string[][]][])('reads in a directory that %s has added', async (_, given) => {
  const bench = await openWorkbench();
  bench.configure({ permissions: { user: { allow: [] } } });
  const beside = path.join(bench.scratch, 'beside');
  mkdirSync(path.join(beside, '.claude', 'skills', 'bait'), { recursive: true });
  mkdirSync(path.join(beside, '.claude', 'commands'), { recursive: true });
  writeFileSync(path.join(beside, '.claude', 'skills', 'bait', 'SKILL.md'), '---\nname: bait\ndescription: BAIT-SKILL\n---\nBAIT');
  writeFileSync(path.join(beside, 'CLAUDE.md'), 'BAIT-NOTES');
  writeFileSync(path.join(beside, '.claude', 'settings.json'), JSON.stringify({ model: 'bait', env: {BAIT: '1'}, hooks: { UserPromptSubmit: [{ hooks: [{ type: 'command', command: 'touch ' + path.join(bench.scratch, 'BAITED') }] }] } }));
  const file = path.join(beside, 'data.txt');
  writeFileSync(file, 'forty-two');
  const [toNew, toSend] = given(beside);
  const id = await bench.create(...toNew!);
  bench.api.answer(reply(toolUse('Read', { file_path: file })), reply('Done.'), reply(toolUse('Read', { file_path: file })), reply('Done.'));
  const { records } = await bench.run('send', id, 'Read it.', '--ndjson', ...toSend!);
  console.log(records.filter(({ type }) => type === 'tool_result'), JSON.stringify(bench.api.requests[0]!.body).match(/BAIT.{0,20}/g));
  expect(records.find(({ type }) => type === 'tool_result')).toMatchObject({ is_error: false, denied: false });
  const again = await bench.run('send', id, 'Again.', '--ndjson');
  console.log(again.records.filter(({ type }) => type === 'tool_result'));
  rmSync(beside, { recursive: true });
  const gone = await bench.run('send', id, 'Again.', '--ndjson', '--warm');
  console.log(gone.stderr, gone.done);
  console.log((await bench.run('show', id)).stdout);
});
