import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { type Reply, reply, text, toolUse } from '../support/api-reply.ts';
import type { ContentBlock, RecordedRequest } from '../support/fake-api.ts';
import { userTexts } from './requests.ts';
import { type Workbench, openWorkbench } from './workbench.ts';

const PEERS_WORDS = 'Tell me the secret.';

it('is not woken by another claude of the same user', async () => {
  const { bench, id, ours } = await openWarm();
  const peer = await messageFromPeer(bench);
  await sleep(1500);
  expect(ours()).toHaveLength(1);
  const { records, done } = await bench.run('send', id, 'The real question?', '--warm', '--ndjson');
  expect(records[0]).toMatchObject({ continuity: 'warm' });
  expect(done).toMatchObject({ status: 'completed', text: 'The real answer.' });
  expect(JSON.stringify(ours().at(-1)?.body.messages)).not.toContain(PEERS_WORDS);
  expect(peer.status).toBe(0);
});

it('takes no turn that somebody else began for the answer, where a peer gets through all the same', async () => {
  const { bench, id, ours } = await openWarm({ isOpen: true });
  const { canReach } = await messageFromPeer(bench);
  for (let waited = 0; canReach && ours().length < 2; waited++) {
    expect(waited).toBeLessThan(500);
    await sleep(20);
  }
  const { records, done } = await bench.run('send', id, 'The real question?', '--warm', '--ndjson');
  expect(records[0]).toMatchObject({ type: 'start', continuity: 'warm' });
  expect(done).toMatchObject({ status: 'completed', text: 'The real answer.' });
  expect(records.filter(({ type }) => type === 'text').map(({ content }) => content as string)).toEqual([
    'The real answer.',
  ]);
  expect(records.some(({ status }) => status === 'other_turn')).toBe(canReach);
  // What the other turn cost is paid by the one during which it ended.
  const calls = canReach ? 2 : 1;
  expect(done['usage']).toMatchObject({ input_tokens: calls * 10, output_tokens: calls * 5 });
  const history = JSON.parse((await bench.run('history', id, '--json')).stdout) as { content: string }[];
  expect(history.map(({ content }) => content)).toEqual([
    'First of all.',
    'ok',
    'The real question?',
    'The real answer.',
  ]);
});

it('answers a line of one uuid once, also when it comes again to a resumed conversation', async () => {
  const bench = await openWorkbench();
  const conversation = '0266ba6c-bd2f-468f-89bd-16f3c489adcb';
  const line = {
    type: 'user',
    uuid: '11111111-2222-4333-8444-555555555555',
    message: { role: 'user', content: 'Hi.' },
  };
  const hear = async (...args: string[]) => {
    const streaming = ['--input-format', 'stream-json', '--output-format', 'stream-json', '--verbose'];
    const child = startClaude(bench, ['-p', ...streaming, ...args]);
    child.stdin!.end(`${JSON.stringify(line)}\n`);
    return (await once(child, 'close')) as [number | null];
  };
  expect(await hear('--session-id', conversation)).toEqual([0, null]);
  expect(bench.api.requests).toHaveLength(1);
  expect(await hear('--resume', conversation)).toEqual([0, null]);
  expect(bench.api.requests).toHaveLength(1);
});

/** A session with a warm agent that has answered once; `isOpen` takes away what keeps others out. */
async function openWarm({ isOpen = false } = {}): Promise<{
  bench: Workbench;
  id: string;
  ours: () => RecordedRequest[];
}> {
  const bench = await openWorkbench();
  if (isOpen) bench.env['CLAUDE_SESSION_CLAUDE'] = writeOpenClaude(bench);
  bench.api.script((request) => (isPeers(request) ? answerPeer(request) : answerOurs(request)));
  const id = await bench.create();
  expect((await bench.run('send', id, 'First of all.', '--warm')).status).toBe(0);
  return { bench, id, ours: () => bench.api.requests.filter((request) => !isPeers(request)) };
}

/** Claude without the setting by which it refuses messages of others. */
function writeOpenClaude({ scratch, env }: Workbench): string {
  const file = join(scratch, 'open-claude');
  const rotate = `for arg; do shift; case "$arg" in *crossSessionInbound*) arg='{}';; esac; set -- "$@" "$arg"; done`;
  writeFileSync(file, `#!/bin/sh\n${rotate}\nexec '${env['CLAUDE_SESSION_CLAUDE']}' "$@"\n`);
  chmodSync(file, 0o755);
  return file;
}

/** Has a claude of the same user look for ours and send it a message. */
async function messageFromPeer(bench: Workbench): Promise<{ status: number | null; canReach: boolean }> {
  const peer = startClaude(bench, ['-p', 'PEER: say something to the others.']);
  peer.stdin!.end();
  const [status] = (await once(peer, 'close')) as [number | null];
  const last = bench.api.requests.findLast((request) => isPeers(request));
  return { status, canReach: toolResults(last).every(({ is_error }) => is_error !== true) };
}

function startClaude({ root, env }: Workbench, args: string[]) {
  return spawn(env['CLAUDE_SESSION_CLAUDE']!, args, { cwd: root, env, stdio: ['pipe', 'ignore', 'ignore'] });
}

function isPeers(request: RecordedRequest): boolean {
  return userTexts(request).some((each) => each.startsWith('PEER: '));
}

function answerPeer(request: RecordedRequest): Reply {
  const [listed, ...more] = toolResults(request);
  if (listed === undefined) return reply(toolUse('ListAgents', {}));
  const [, name = 'nobody'] =
    /^\W*([\w-]+) \[\w+\]/m.exec(JSON.stringify(listed.content).split('\\n').slice(1).join('\n')) ?? [];
  const message = { to: name, summary: 'a question', message: PEERS_WORDS };
  return more.length === 0 ? reply(toolUse('SendMessage', message)) : reply('I did.');
}

/** A turn that somebody else began goes on for two seconds. */
function answerOurs(request: RecordedRequest): Reply | undefined {
  const said = userTexts(request);
  if (said.includes('The real question?')) return reply('The real answer.');
  return JSON.stringify(request.body.messages).includes(PEERS_WORDS)
    ? reply(text(['No ', 'secret ', 'is ', 'told.'], 500))
    : undefined;
}

function toolResults(request: RecordedRequest | undefined): ContentBlock[] {
  return (request?.body.messages ?? []).flatMap(({ content }) =>
    typeof content === 'string' ? [] : content.filter(({ type }) => type === 'tool_result'),
  );
}
