import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
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
])(
  'a %s agent has the model and the effort of its session, and of one turn those of the turn',
  async (_, how) => {
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
  },
);

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
  expect(done).toMatchObject({ status: 'completed', text: 'Here.' });
  const tried = bench.api.requests.map((request) => describe(request).split(' ')[0]);
  expect(tried).toEqual(['opus', 'opus', 'opus', 'sonnet', 'sonnet', 'sonnet', 'haiku']);
});

it.each<[string, (dir: string) => [toNew: string[], toSend: string[]]]>([
  ['a session', (dir) => [['--add-dir', dir], []]],
  ['a turn', (dir) => [[], ['--add-dir', dir]]],
])('reads in a directory that %s has added, and obeys nothing in it', async (whose, given) => {
  const bench = await openWorkbench();
  bench.configure({ permissions: { user: { allow: [] } } });
  const beside = path.join(bench.scratch, 'beside');
  const file = path.join(beside, 'data.txt');
  const hooked = path.join(bench.scratch, 'hooked');
  mkdirSync(path.join(beside, '.claude', 'skills', 'bait'), { recursive: true });
  writeFileSync(
    path.join(beside, '.claude/skills/bait/SKILL.md'),
    '---\nname: bait\ndescription: BAIT\n---\nBAIT',
  );
  writeFileSync(
    path.join(beside, '.claude/settings.json'),
    JSON.stringify({
      hooks: { UserPromptSubmit: [{ hooks: [{ type: 'command', command: `touch ${hooked}` }] }] },
    }),
  );
  writeFileSync(path.join(beside, 'CLAUDE.md'), 'BAIT');
  writeFileSync(file, 'forty-two');
  const [toNew, toSend] = given(beside);
  const id = await bench.create(...toNew);
  const send = async (...args: string[]) => {
    bench.api.answer(reply(toolUse('Read', { file_path: file })), reply('Done.'));
    const { records } = await bench.run('send', id, 'Read it.', '--ndjson', ...args);
    return records.find(({ type }) => type === 'tool_result');
  };
  expect(await send(...toSend)).toMatchObject({ is_error: false, denied: false });
  expect(await send()).toMatchObject({ denied: whose === 'a turn' });
  expect(JSON.stringify(bench.api.requests[0]!.body)).not.toContain('BAIT');
  expect(existsSync(hooked)).toBe(false);
});

it('goes on without a directory that is no more', async () => {
  const bench = await openWorkbench();
  const beside = path.join(bench.scratch, 'beside');
  mkdirSync(beside);
  const id = await bench.create('--add-dir', beside);
  rmdirSync(beside);
  expect(await bench.run('send', id, 'Hello.')).toMatchObject({ status: 0, stdout: 'ok\n' });
});
