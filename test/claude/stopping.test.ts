import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { hang, reply, text, toolUse } from '../support/api-reply.ts';
import { toldConversation } from './requests.ts';
import type { OutputRecord, Running } from './running.ts';
import { type Workbench, openWorkbench } from './workbench.ts';

const COUNTING = Array.from({ length: 100 }, (_, n) => `word${n} `);

interface Ending {
  name: string;
  args: string[];
  stop: (running: Running) => unknown;
  exit: number;
  status: string;
}

const ENDINGS: Ending[] = [
  { name: 'SIGINT', args: [], stop: (run) => run.process.kill('SIGINT'), exit: 130, status: 'interrupted' },
  { name: 'SIGTERM', args: [], stop: (run) => run.process.kill('SIGTERM'), exit: 143, status: 'interrupted' },
  { name: '--timeout', args: ['--timeout', '8s'], stop: () => undefined, exit: 3, status: 'timed_out' },
];

it.each(ENDINGS)('keeps what was said until $name and goes on from there', async (ending) => {
  const bench = await openWorkbench();
  const id = await bench.create();
  bench.api.answer(reply(text(COUNTING, 200)));
  const running = bench.start('send', id, 'Count.', '--ndjson', ...ending.args);
  await running.said('word2 ');
  ending.stop(running);
  const { status, done } = await running.ended;
  expect(status).toBe(ending.exit);
  expect(done).toMatchObject({ type: 'done', status: ending.status, exit_code: ending.exit });
  expect(done['text']).toMatch(/^word0 word1 word2 /);
  expect(bench.survivors()).toEqual([]);
  expect(await lastMessage(bench, id)).toMatchObject({ content: done['text'], status: ending.status });

  bench.api.answer(reply('Where was I?'));
  expect(await bench.run('send', id, 'Go on.')).toMatchObject({ status: 0, stdout: 'Where was I?\n' });
  const told = toldConversation(bench.api.requests.at(-1));
  expect(told).toContain('user: Count.');
  expect(told.find((line) => line.startsWith('assistant: word0'))).toBe(`assistant: ${done['text']}`);
  expect(told).toContain('user: Go on.');
});

it('ends an agent that falls silent', async () => {
  const bench = await openWorkbench();
  const id = await bench.create();
  bench.api.answer(reply('So far. ', text(['And']), hang()));
  const { status, records, done } = await bench.run('send', id, 'hello', '--ndjson', '--stall-timeout', '8s');
  expect(status).toBe(3);
  expect(records.find(({ type }) => type === 'error')).toMatchObject({ code: 'STALLED' });
  expect(done).toMatchObject({ status: 'timed_out', text: 'So far. And' });
  expect(bench.survivors()).toEqual([]);
});

it.each([0, 400, 1000])('obeys SIGINT %i ms after its start', async (ms) => {
  const bench = await openWorkbench();
  const id = await bench.create();
  bench.api.script(() => reply(text(COUNTING, 200)));
  const running = bench.start('send', id, 'Count.', '--ndjson');
  await sleep(ms);
  running.process.kill('SIGINT');
  const { status, stdout } = await running.ended;
  // A Node process that has not come to its first line yet is ended by the signal itself.
  expect([130, null]).toContain(status);
  if (status === null) expect(stdout).toBe('');
  expect(bench.survivors()).toEqual([]);
});

it.each(ENDINGS.slice(0, 2))('leaves no sleeping tool behind at $name', async (ending) => {
  const bench = await openWorkbench();
  bench.configure({ permissions: { user: { allow: ['Bash'] } } });
  const id = await bench.create();
  bench.api.answer(reply('Let me wait. ', toolUse('Bash', { command: 'sleep 1000' })));
  const running = bench.start('send', id, 'Sleep.', '--ndjson', ...ending.args);
  await running.said('"tool_call"');
  await until(() => bench.survivors().some((line) => line.endsWith('sleep 1000 ')));
  ending.stop(running);
  const { status, done } = await running.ended;
  expect(status).toBe(ending.exit);
  expect(done).toMatchObject({ type: 'done', status: ending.status, text: 'Let me wait. ' });
  expect(done['tool_calls']).toMatchObject([{ name: 'Bash', input: { command: 'sleep 1000' } }]);
  expect(bench.survivors()).toEqual([]);
});

it('leaves no process behind that a tool has detached', async () => {
  const bench = await openWorkbench();
  bench.configure({ permissions: { user: { allow: ['Bash'] } } });
  const id = await bench.create();
  const command = 'setsid sleep 1000 >/dev/null 2>&1 & sleep 0.2; echo started';
  bench.api.answer(reply(toolUse('Bash', { command })), reply('It sleeps.'));
  const { done } = await bench.run('send', id, 'Start it.', '--ndjson');
  expect(done).toMatchObject({ status: 'completed', text: 'It sleeps.' });
  expect(bench.survivors()).toEqual([]);
});

it('leaves no MCP server behind that never answered', async () => {
  const bench = await openWorkbench();
  const config = join(bench.scratch, 'mcp.json');
  const deaf = { command: process.execPath, args: ['-e', 'setInterval(() => {}, 1000)'] };
  writeFileSync(config, JSON.stringify({ mcpServers: { deaf } }));
  bench.env['CLAUDE_SESSION_MCP_CONNECT_TIMEOUT'] = '1s';
  const id = await bench.create('--mcp-config', config);
  const { records, done } = await bench.run('send', id, 'hello', '--ndjson');
  expect(done).toMatchObject({ status: 'completed', text: 'ok' });
  const servers = records[0]!['mcp_servers'] as OutputRecord[];
  expect(servers.find(({ name }) => name === 'deaf')?.['status']).not.toBe('connected');
  expect(bench.survivors()).toEqual([]);
});

async function lastMessage(bench: Workbench, id: string): Promise<OutputRecord | undefined> {
  return (JSON.parse((await bench.run('history', id, '--json')).stdout) as OutputRecord[]).at(-1);
}

async function until(isTrue: () => boolean): Promise<void> {
  for (const end = Date.now() + 10_000; !isTrue(); await sleep(20)) {
    if (Date.now() > end) throw new Error('Waited ten seconds in vain.');
  }
}
