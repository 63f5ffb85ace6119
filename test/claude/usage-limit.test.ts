import { expect, it } from 'vitest';
import { httpFailure, reply, toolUse } from '../support/api-reply.ts';
import { toldConversation } from './requests.ts';
import { openWorkbench } from './workbench.ts';
import type { Workbench } from './workbench.ts';

const LATER = 'This request would exceed the rate limit of your account.';

/** How the provider refuses a subscription whose usage limit ends in so many seconds. */
function limitFor(seconds: number) {
  const resetsAt = Math.ceil(Date.now() / 1000) + seconds;
  const headers = {
    'anthropic-ratelimit-unified-status': 'rejected',
    'anthropic-ratelimit-unified-reset': String(resetsAt),
    'anthropic-ratelimit-unified-representative-claim': 'five_hour',
    'retry-after': String(seconds),
    'x-should-retry': 'false',
  };
  return { resetsAt, refusal: { ...httpFailure(429, 'rate_limit_error', LATER), headers } };
}

/** A machine whose user has a subscription. */
async function subscribe(): Promise<Workbench> {
  const bench = await openWorkbench();
  delete bench.env['ANTHROPIC_API_KEY'];
  bench.env['CLAUDE_CODE_OAUTH_TOKEN'] = 'sk-ant-oat01-made-up';
  return bench;
}

it('says when a usage limit ends, with a status of its own', async () => {
  const bench = await subscribe();
  const id = await bench.create();
  const { resetsAt, refusal } = limitFor(3600);
  bench.api.script(() => refusal);
  const { status, records } = await bench.run('send', id, 'one', '--ndjson');
  expect(status).toBe(10);
  const retry_at = new Date(resetsAt * 1000).toISOString();
  expect(records.at(-2)).toMatchObject({ type: 'error', code: 'LIMIT_REACHED', retry_at, exit_status: 10 });
  expect(records.at(-2)!['hint']).toContain(retry_at);
  const waited = await bench.run('wait', id, '--json');
  expect(waited.status).toBe(10);
  expect(JSON.parse(waited.stdout)).toMatchObject({ error: { code: 'LIMIT_REACHED', retry_at } });
});

it.each(['529', '429'])('gives up with a status of its own at a %s', async (status) => {
  const bench = await openWorkbench();
  const id = await bench.create();
  bench.api.script(() => httpFailure(Number(status), 'overloaded_error', 'Overloaded'));
  const { status: exit, done } = await bench.run('send', id, 'one', '--json', '--max-retries', '1');
  expect(exit).toBe(10);
  expect(done).toMatchObject({
    error: { code: status === '529' ? 'OVERLOADED' : 'LIMIT_REACHED', retry_at: null },
  });
});

it.each([
  { kind: 'cold', flags: [] },
  { kind: 'warm', flags: ['--warm'] },
])('waits for the end of a limit, $kind, and goes on with each message told once', async ({ flags }) => {
  const bench = await subscribe();
  bench.configure({ permissions: { user: { allow: ['Bash'] } } });
  const id = await bench.create();
  for (const message of ['first', 'second']) {
    bench.api.answer(reply('Looking. ', toolUse('Bash', { command: `echo ${message} seen` })));
    const { refusal } = limitFor(2);
    bench.api.answer(refusal, refusal, { ...reply('Done.'), usage: { input_tokens: 10, output_tokens: 5 } });
    const { status, records, done } = await bench.run(
      'send',
      id,
      `the ${message} message`,
      '--ndjson',
      '--wait-limit',
      '1m',
      ...flags,
    );
    expect(status).toBe(0);
    const waits = records.filter((record) => record['status'] === 'waiting_for_limit');
    expect(waits.length).toBeGreaterThan(0);
    expect(waits[0]).toMatchObject({ type: 'status', code: 'LIMIT_REACHED' });
    expect(done).toMatchObject({ status: 'completed', text: 'Looking. \n\nDone.' });
    expect(done!['tool_calls']).toHaveLength(1);
  }
  const told = toldConversation(bench.api.requests.at(-1)).join('\n');
  for (const message of ['first', 'second']) expect(told.split(`the ${message} message`)).toHaveLength(2);
  const { stdout } = await bench.run('history', id, '--json');
  const messages = JSON.parse(stdout) as { role: string; content: string }[];
  expect(messages.map(({ role, content }) => `${role}: ${content}`)).toEqual([
    'user: the first message',
    'assistant: Looking. \n\nDone.',
    'user: the second message',
    'assistant: Looking. \n\nDone.',
  ]);
  await bench.run('stop', id);
  expect(bench.survivors()).toEqual([]);
});
