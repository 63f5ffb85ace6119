import { expect, it } from 'vitest';
import { reply, toolUse } from '../support/api-reply.ts';
import type { RecordedRequest } from '../support/fake-api.ts';
import { type Workbench, openWorkbench } from './workbench.ts';

const WAYS = ['--cold', '--warm'] as const;

it.each(WAYS)('offers no work in the background, and refuses what asks for it: %s', async (way) => {
  const bench = await openWorkbench();
  bench.configure({ permissions: { user: { allow: ['Bash'] } } });
  const id = await bench.create();
  bench.api.answer(
    reply(toolUse('Bash', { command: 'echo ready', run_in_background: true })),
    reply(toolUse('Bash', { command: 'echo ready' })),
    reply('It is ready.'),
  );
  const { done, records } = await bench.run('send', id, 'Start it.', '--ndjson', way);
  expect(done).toMatchObject({ status: 'completed', text: 'It is ready.', num_turns: 3 });
  const results = records.filter(({ type }) => type === 'tool_result');
  expect(results).toMatchObject([{ is_error: true }, { is_error: false, content: 'ready' }]);
  const tools = bench.api.requests[0]?.body.tools ?? [];
  const names = tools.map(({ name }) => name);
  expect(names).toContain('Bash');
  expect(names.filter((name) => /^(Cron|Monitor|ScheduleWakeup|SendMessage|ListAgents)/.test(name))).toEqual(
    [],
  );
  expect(JSON.stringify(tools)).not.toContain('"run_in_background"');
});

it.each([
  ['--cold', 25],
  ['--warm', 2],
] as const)('a turn ends when its sub-agent has ended: %s, after %i s', async (way, seconds) => {
  const bench = await openWorkbench();
  bench.configure({ permissions: { user: { allow: ['Bash'] } } });
  const id = await bench.create();
  const wait = `python3 -c "import time; time.sleep(${seconds})"; echo waited`;
  scriptSubAgent(bench, (earlier) =>
    earlier.length === 0 ? reply(toolUse('Bash', { command: wait })) : reply('The digging is done.'),
  );
  bench.api.answer(reply(toolUse('Task', { ...DIG, run_in_background: true })));
  const { done, records } = await bench.run('send', id, 'Have it dug.', '--ndjson', way);
  expect(done).toMatchObject({ status: 'completed', text: 'All is dug.' });
  const results = records
    .filter(({ type }) => type === 'tool_result')
    .map(({ content }) => content as string);
  expect(results[0]).toContain('waited');
  expect(results[1]).toContain('The digging is done.');
  expect(bench.api.requests).toHaveLength(4);
  await bench.run('stop', id);
  expect(bench.survivors()).toEqual([]);
});

const DIG = { description: 'dig', prompt: 'Dig deep.', subagent_type: 'general-purpose', model: 'haiku' };

/** Answers the sub-agent, which is of another model, by this; the main agent's later calls end the turn. */
function scriptSubAgent(
  bench: Workbench,
  answer: (earlier: RecordedRequest[]) => ReturnType<typeof reply>,
): void {
  const isSub = ({ body }: RecordedRequest): boolean => body.model.includes('haiku');
  bench.api.script((request, earlier) =>
    isSub(request) ? answer(earlier.filter(isSub)) : reply('All is dug.'),
  );
}
