import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { reply, text, toolUse } from '../support/api-reply.ts';
import type { ContentBlock, RecordedRequest } from '../support/fake-api.ts';
import type { OutputRecord, Running } from './running.ts';
import { type Workbench, openWorkbench } from './workbench.ts';

const bash = (command: string) => toolUse('Bash', { command });

/** The results of tool calls that the API was sent last. */
function sentResults(request: RecordedRequest | undefined): ContentBlock[] {
  const content = request?.body.messages.findLast(({ role }) => role === 'user')?.content ?? [];
  return typeof content === 'string' ? [] : content.filter(({ type }) => type === 'tool_result');
}

/** What waits for an answer, once it is this many calls. */
async function waitingCalls(bench: Workbench, count = 1): Promise<OutputRecord[]> {
  for (;;) {
    const open = JSON.parse((await bench.run('approvals', '--json')).stdout) as OutputRecord[];
    if (open.length >= count) return open;
    await sleep(100);
  }
}

async function answer(bench: Workbench, ...words: string[]): Promise<OutputRecord> {
  const [open] = await waitingCalls(bench);
  const [verb, ...more] = words;
  const { status, stderr } = await bench.run(verb!, open!['id'] as string, ...more);
  expect(status, stderr).toBe(0);
  return open!;
}

it('the API is sent the result of an approved call, and the words of a denied one', async () => {
  const bench = await openWorkbench();
  const id = await bench.create('--ask');
  bench.api.answer(reply('I will. ', bash('touch one')), reply(bash('touch two')), reply('All done.'));
  const sending = bench.start('send', id, 'Touch them.', '--ndjson', '--fail-on-denied');
  const first = await answer(bench, 'approve');
  expect(first).toMatchObject({ tool: 'Bash', input: { command: 'touch one' }, rule: 'Bash(touch one)' });
  await sending.said('touch two');
  await answer(bench, 'deny', '--message', 'Touch three instead.');
  const { status, records, done } = await sending.ended;
  expect(status).toBe(5);
  expect(sentResults(bench.api.requests[1])).toMatchObject([{ is_error: false }]);
  expect(sentResults(bench.api.requests[2])).toMatchObject([
    { is_error: true, content: 'The user denied this call: Touch three instead.' },
  ]);
  expect([existsSync(join(bench.root, 'one')), existsSync(join(bench.root, 'two'))]).toEqual([true, false]);
  expect(records.filter(({ type }) => type === 'tool_result').map((record) => record['denied'])).toEqual([
    false,
    true,
  ]);
  expect(done).toMatchObject({
    status: 'completed',
    permission_denials: [{ tool_name: 'Bash', tool_input: { command: 'touch two' } }],
  });
  expect(bench.survivors()).toEqual([]);
});

it('always allows exactly that command: in the turn, in later ones, and by a warm agent', async () => {
  const bench = await openWorkbench();
  const id = await bench.create('--ask', '--warm');
  const command = String.raw`touch 'a (b)' "c\\d", e`;
  // Claude does not match this one as a whole.
  const both = 'touch f && echo done';
  bench.api.answer(...[command, command, both, both].map((each) => reply(bash(each))), reply('Twice.'));
  const sending = bench.start('send', id, 'Touch it twice.', '--ndjson');
  expect(await answer(bench, 'approve', '--always')).toMatchObject({ input: { command } });
  await sending.said(both);
  expect(await answer(bench, 'approve', '--always')).toMatchObject({ input: { command: both } });
  const { records, done } = await sending.ended;
  expect(done).toMatchObject({ text: 'Twice.', permission_denials: [] });
  expect(records.filter(({ status }) => status === 'waiting_for_approval')).toHaveLength(2);
  for (const flags of [['--warm'], ['--cold'], ['--cold', '--no-ask']]) {
    const isAsking = !flags.includes('--no-ask');
    const calls = [command, ...(isAsking ? [both] : []), `${command} more`];
    bench.api.answer(...calls.map((each) => reply(bash(each))), reply('Again.'));
    const next = bench.start('send', id, 'Again.', '--ndjson', ...flags);
    if (isAsking)
      expect(await answer(bench, 'deny')).toMatchObject({ input: { command: `${command} more` } });
    expect((await next.ended).done, flags.join()).toMatchObject({
      text: 'Again.',
      permission_denials: [{ tool_input: { command: `${command} more` } }],
    });
  }
  expect(JSON.parse((await bench.run('show', id, '--json')).stdout)).toMatchObject({
    allowed_tools: [String.raw`Bash(touch 'a \(b\)' "c\\\\d", e)`, `Bash(${both})`],
  });
  await bench.run('stop', id);
});

it('three calls of one message are asked about at once, and each is answered', async () => {
  const bench = await openWorkbench();
  const id = await bench.create('--ask');
  const fetch = (page: string) => toolUse('WebFetch', { url: `http://127.0.0.1:1/${page}`, prompt: 'x' });
  bench.api.script(({ body }) =>
    body.messages.length > 1 && sentResults({ body } as RecordedRequest).length > 0
      ? reply('Done.')
      : reply(fetch('a'), fetch('b'), fetch('c')),
  );
  const sending = bench.start('send', id, 'Fetch them.', '--ndjson');
  const open = await waitingCalls(bench, 3);
  for (const each of open.toReversed()) {
    const { url } = each['input'] as { url: string };
    await bench.run('deny', each['id'] as string, '--message', `not ${url}`);
  }
  expect((await sending.ended).done).toMatchObject({ text: 'Done.', status: 'completed' });
  const contents = sentResults(bench.api.requests.at(-1)).map(({ content }) => content as string);
  expect(contents.toSorted()).toEqual(
    ['a', 'b', 'c'].map((page) => `The user denied this call: not http://127.0.0.1:1/${page}`),
  );
});

it('a call that waits ends with a turn that is stopped, and one whose send was killed is withdrawn', async () => {
  const bench = await openWorkbench();
  const id = await bench.create('--ask');
  const park = async (): Promise<Running> => {
    bench.api.answer(reply('Before. ', bash('touch one')));
    const sending = bench.start('send', id, 'Touch it.', '--ndjson');
    await waitingCalls(bench);
    return sending;
  };
  const stopped = await park();
  stopped.process.kill('SIGINT');
  expect((await stopped.ended).status).toBe(130);

  const killed = await park();
  killed.process.kill('SIGKILL');
  await killed.ended;
  await sleep(1000);
  expect(JSON.parse((await bench.run('approvals', '--json')).stdout)).toEqual([]);
  const history = JSON.parse((await bench.run('history', id, '--json')).stdout) as OutputRecord[];
  expect(history.map((message) => message['status'])).toEqual(Array(4).fill('interrupted'));
  expect(existsSync(join(bench.root, 'one'))).toBe(false);
  expect(bench.survivors()).toEqual([]);

  bench.api.reset();
  bench.api.answer(reply('Still here.'));
  expect((await bench.run('send', id, 'Go on.')).stdout).toBe('Still here.\n');
});

it('an agent whose send was killed before it asks is not taken for one that did its work', async () => {
  const bench = await openWorkbench();
  const id = await bench.create('--ask');
  const words = Array.from({ length: 15 }, (_, n) => `word${n} `);
  bench.api.answer(reply(text(words, 200), bash('touch one')), reply('All is touched.'));
  const sending = bench.start('send', id, 'Touch it.', '--ndjson');
  await sending.said('word2');
  sending.process.kill('SIGKILL');
  await sending.ended;
  const waited = await bench.run('wait', id, '--json');
  expect(JSON.parse(waited.stdout)).toMatchObject({ status: 'interrupted' });
  const history = JSON.parse((await bench.run('history', id, '--json')).stdout) as OutputRecord[];
  expect(history[1]!['content']).toContain('word14');
  expect(history[1]!['content']).not.toContain('All is touched.');
  expect(bench.survivors()).toEqual([]);
});
