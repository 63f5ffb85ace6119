import { delimiter, join } from 'node:path';
import { expect, it } from 'vitest';
import { reply, toolUse } from '../support/api-reply.ts';
import { plantBaits } from '../support/hostile-checkout.ts';
import { openWorkbench } from './workbench.ts';

it('of a checkout that is not trusted nothing runs, and what it says is data', async () => {
  const bench = await openWorkbench();
  const checkout = plantBaits(bench.root, join(bench.scratch, 'ran'));
  bench.env['PATH'] = `:.${delimiter}${bench.env['PATH']}`;
  const id = await bench.create();
  bench.api.answer(reply(toolUse('Bash', { command: 'touch made' })), reply('done'), reply('again'));
  const { status, stderr, records, done } = await bench.run('send', id, 'Hello.', '--ndjson');
  expect([status, done['text']]).toEqual([0, 'done']);
  expect(stderr).toContain(`${bench.root} is not trusted; left out: `);
  expect(records[0]?.['mcp_servers']).toEqual([{ name: 'session', status: 'connected' }]);
  expect(done['permission_denials']).toHaveLength(1);
  const [first] = bench.api.requests;
  expect(first?.body.model).not.toBe('bait-model');
  const prompt = first!.body.system!.map(({ text }) => text).join('\n');
  expect(prompt).toMatch(/^```\nBAIT-PROMPT\n```$/m);
  expect((await bench.run('send', id, 'Again.')).status).toBe(0);
  expect((await bench.run('doctor')).stdout).toMatch(/^warn {2}trust/m);
  expect(checkout.ran()).toEqual([]);
  expect(bench.survivors()).toEqual([]);
});

it('of a trusted checkout everything works: hooks, servers and model', async () => {
  const bench = await openWorkbench();
  const checkout = plantBaits(bench.root, join(bench.scratch, 'ran'));
  // Its servers never answer.
  bench.env['CLAUDE_SESSION_MCP_CONNECT_TIMEOUT'] = '2s';
  expect((await bench.run('trust')).status).toBe(0);
  const id = await bench.create();
  bench.api.answer(reply('done'));
  const { status, stderr } = await bench.run('send', id, 'Hello.', '--ndjson');
  expect(status).toBe(0);
  expect(stderr).not.toContain('is not trusted');
  expect(bench.api.requests[0]?.body.model).toBe('bait-model');
  expect(checkout.ran()).toEqual(['atomizer', 'hook-prompt', 'hook-start', 'hook-stop', 'mcp-json']);
  expect(bench.survivors()).toEqual([]);
});
