import { expect, it } from 'vitest';
import { reply, toolUse } from '../support/api-reply.ts';
import type { ContentBlock } from '../support/fake-api.ts';
import { openWorkbench } from './workbench.ts';
import type { Workbench } from './workbench.ts';

const SEARCH = reply(toolUse('mcp__session__search_history', { query: 'bolt' }));

/** What the agent was told of its last tool call. */
function toolResult({ api }: Workbench): string {
  const blocks = api.requests.at(-1)!.body.messages.flatMap(({ content }) => content as ContentBlock[]);
  return JSON.stringify(blocks.findLast(({ type }) => type === 'tool_result'));
}

it.each([
  { kind: 'of the turn alone', flags: [] },
  { kind: 'that stays up', flags: ['--warm'] },
])(
  "answers our server's tools in an agent $kind, in each turn, and starts no process for it",
  async ({ flags }) => {
    const bench = await openWorkbench();
    const id = await bench.create();
    bench.api.answer(reply('The bolt is M12.'));
    await bench.run('send', id, 'Which one?', ...flags);
    for (const continuity of [flags.length > 0 ? 'warm' : 'resume', flags.length > 0 ? 'warm' : 'resume']) {
      bench.api.answer(SEARCH, reply('Found it.'));
      const { records, done } = await bench.run('send', id, 'Look it up.', '--ndjson', ...flags);
      expect(records[0]).toMatchObject({
        continuity,
        mcp_servers: [{ name: 'session', status: 'connected' }],
      });
      expect(done).toMatchObject({ status: 'completed', text: 'Found it.' });
      expect(toolResult(bench)).toContain('The bolt is M12.');
    }
    const tools = bench.api.requests
      .at(-1)!
      .body.tools!.filter(({ name }) => name.startsWith('mcp__session__'));
    expect(tools.length).toBeGreaterThan(3);
    expect(tools.filter((tool) => 'defer_loading' in tool)).toEqual([]);
    await bench.run('stop', id);
    expect(bench.survivors()).toEqual([]);
  },
);

it('lets the turn end whose holder is killed while a tool of ours is asked for', async () => {
  const bench = await openWorkbench();
  const id = await bench.create();
  await bench.run('send', id, 'one');
  const running = bench.start('send', id, 'two', '--ndjson');
  // The model calls the tool only after the holder is gone, so that nobody can answer.
  bench.api.script((_request, earlier) => {
    if (earlier.length > 1) return reply('Went on.');
    running.process.kill('SIGKILL');
    return SEARCH;
  });
  await running.ended;
  const { done } = await bench.run('wait', id, '--ndjson');
  expect(done).toMatchObject({ status: 'completed' });
  const { records } = await bench.run('history', id, '--ndjson');
  expect(records.at(-1)).toMatchObject({ role: 'assistant', content: 'Went on.' });
  expect(toolResult(bench)).toContain('"is_error":true');
});

it('has no server of ours where it is switched off', async () => {
  const bench = await openWorkbench();
  bench.configure({ mcp: { builtin: false } });
  const id = await bench.create();
  const { records } = await bench.run('send', id, 'one', '--ndjson');
  expect(records[0]).toMatchObject({ mcp_servers: [] });
  expect(JSON.stringify(bench.api.requests[0]?.body.tools)).not.toContain('mcp__session');
});
