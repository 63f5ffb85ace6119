import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { reply, toolUse } from '../support/api-reply.ts';
import type { OutputRecord } from './running.ts';
import { type Workbench, openWorkbench } from './workbench.ts';

const ECHO = {
  command: process.execPath,
  args: [fileURLToPath(new URL('echo-server.mjs', import.meta.url))],
};

it("lets user mode call the tools of a configured server, and claude's answer holds them", async () => {
  const bench = await openWorkbench();
  const id = await bench.create('--mcp-config', writeConfig(bench, { 'my echo.v2': ECHO }));
  bench.api.answer(
    reply('Asking. ', toolUse('mcp__my_echo_v2__echo', { text: 'hello' })),
    reply('It said so.'),
  );
  const { status, records, done } = await bench.run('send', id, 'Call it.', '--ndjson');
  expect(status).toBe(0);
  expect(records[0]?.['mcp_servers']).toContainEqual({ name: 'my echo.v2', status: 'connected' });
  expect(records.find(({ type }) => type === 'tool_result')).toMatchObject({
    content: 'echo of hello',
    is_error: false,
    denied: false,
  });
  expect(done).toMatchObject({ text: 'Asking. \n\nIt said so.', permission_denials: [], num_turns: 2 });
  expect(bench.survivors()).toEqual([]);
});

it('gives the agent the history of its session beyond what it was told', async () => {
  const bench = await openWorkbench();
  const id = await bench.create();
  bench.api.answer(reply('The bolt is M12.'));
  await bench.run('send', id, 'Which bolt?');
  bench.api.answer(reply(toolUse('mcp__session__search_history', { query: 'bolt' })), reply('Found it.'));
  const { records, done } = await bench.run('send', id, 'Look it up.', '--ndjson');
  expect(records[0]?.['mcp_servers']).toContainEqual({ name: 'session', status: 'connected' });
  const result = records.find(({ type }) => type === 'tool_result');
  expect(result).toMatchObject({ is_error: false, denied: false });
  expect(result?.['content']).toContain('The bolt is M12.');
  expect(done).toMatchObject({ status: 'completed', text: 'Found it.' });
});

it('warns of a server that does not start, and fails where it is required', async () => {
  const bench = await openWorkbench();
  const broken = { command: process.execPath, args: ['-e', 'process.exit(1)'] };
  const id = await bench.create('--mcp-config', writeConfig(bench, { broken }));
  const tolerant = await bench.run('send', id, 'hello');
  expect(tolerant).toMatchObject({ status: 0, stdout: 'ok\n' });
  expect(tolerant.stderr).toContain('broken');
  const strict = await bench.run('send', id, 'hello', '--ndjson', '--require-mcp');
  expect(strict.status).toBe(1);
  expect(strict.records.find(({ type }) => type === 'error')).toMatchObject({ code: 'MCP_NOT_CONNECTED' });
  expect(bench.api.requests).toHaveLength(1);
  expect(bench.survivors()).toEqual([]);
});

it('waits for a required server, and does not ask the model where it is not there in time', async () => {
  const bench = await openWorkbench();
  const [file] = ECHO.args;
  const slow = { command: '/bin/sh', args: ['-c', `sleep 4; exec '${process.execPath}' '${file}'`] };
  const id = await bench.create('--mcp-config', writeConfig(bench, { slow }));
  const strict = ['--require-mcp', '--ndjson'];
  const patient = await bench.run('send', id, 'hello', ...strict);
  expect(patient.records[0]?.['mcp_servers']).toContainEqual({ name: 'slow', status: 'connected' });
  expect(patient).toMatchObject({ status: 0, done: { text: 'ok' } });
  bench.env['CLAUDE_SESSION_MCP_CONNECT_TIMEOUT'] = '1s';
  const hasty = await bench.run('send', id, 'hello', ...strict);
  expect(hasty).toMatchObject({ status: 1, done: { status: 'failed', text: '' } });
  expect(bench.api.requests).toHaveLength(1);
  expect(bench.survivors()).toEqual([]);
});

it.each([
  ['1s', 10, 'pending', false],
  ['20s', 3, 'connected', true],
])('waits for a slow server as long as %s, and no longer', async (timeout, seconds, status, isUp) => {
  const bench = await openWorkbench();
  const mark = join(bench.scratch, 'up');
  const [file] = ECHO.args;
  const start = `sleep ${seconds}; touch '${mark}'; exec '${process.execPath}' '${file}'`;
  const slow = { command: '/bin/sh', args: ['-c', start] };
  bench.env['CLAUDE_SESSION_MCP_CONNECT_TIMEOUT'] = timeout;
  const id = await bench.create('--mcp-config', writeConfig(bench, { slow }));
  let wasUp: boolean | undefined;
  bench.api.script(() => {
    wasUp ??= existsSync(mark);
    return undefined;
  });
  const { records, done } = await bench.run('send', id, 'hello', '--ndjson');
  expect(done).toMatchObject({ status: 'completed', text: 'ok' });
  const servers = records[0]?.['mcp_servers'] as OutputRecord[];
  expect([wasUp, servers.find(({ name }) => name === 'slow')?.['status']]).toEqual([isUp, status]);
  const tools = (bench.api.requests[0]?.body.tools ?? []).map(({ name }) => name);
  expect(tools.includes('mcp__slow__echo')).toBe(isUp);
  expect(bench.survivors()).toEqual([]);
});

function writeConfig(bench: Workbench, mcpServers: Record<string, unknown>): string {
  const file = join(bench.scratch, 'mcp.json');
  writeFileSync(file, JSON.stringify({ mcpServers }));
  return file;
}
