import path from 'node:path';
import { expect, test } from 'vitest';
import { openStore } from '../../src/store/postgres/open.ts';
import { openStore as openFile } from '../../src/store/sqlite/open.ts';
import { addConversation } from '../support/conversations.ts';
import { createDatabase } from '../support/postgres.ts';
import { makeWorkplace } from '../support/run-command.ts';
import { newTurn, turnEnd } from '../support/store-model.ts';

const toolCalls = [
  { id: 't', name: 'Bash', input: { a: '\0' }, result: 'r\0', isError: false, denied: false, textOffset: 3 },
];

test('a store goes into a database and back, more of it later, and what is in use is left out', async () => {
  const { top, run } = makeWorkplace();
  const url = await createDatabase(process.env['TEST_POSTGRES']!);
  const [file, back] = [path.join(top, 'one.sqlite'), path.join(top, 'back.sqlite')];
  const source = await openFile(file, { access: 'write' });
  const long = ['ä🦊\0'.repeat(40_000), 'end'];
  await addConversation(source, { id: 'aaaa0001', name: 'long' }, [
    { asked: 'a', answered: long, end: { toolCalls } },
  ]);
  await addConversation(source, { id: 'aaaa0002' }, [
    { asked: 'b' },
    { asked: 'c', end: { status: 'failed' } },
  ]);
  await addConversation(source, { id: 'aaaa0003' }, []);
  const { turn } = await source.turns.enqueue(newTurn('aaaa0003'));
  const env = { CLAUDE_SESSION_STORE_URL: '', CLAUDE_SESSION_HOME: path.join(top, 'h') };
  const copy = async (to: string, from: Record<string, string>) => {
    const { status, stdout, stderr } = await run(['store', 'copy', '--to', to, '--json'], {
      env: { ...env, ...from },
    });
    return { status, stderr, record: stdout === '' ? {} : (JSON.parse(stdout) as object) };
  };
  const target = await openStore(url, { access: 'write' });
  const first = await copy(url, { CLAUDE_SESSION_STORE_URL: '' });
  expect(first).toMatchObject({ status: 0, record: { sessions: 0, known: 0 } });
  await source.close();
  await target.close();
  expect(turn.id).toBeGreaterThan(0);
  const { copySessions } = await import('../../src/transfer/copy.ts');
  const outcomes = async () => {
    const [from, to] = [await openFile(file, { access: 'write' }), await openStore(url, { access: 'write' })];
    const seen: string[] = [];
    for await (const { id, outcome } of copySessions(from, to, new AbortController().signal))
      seen.push(`${id} ${outcome}`);
    await to.close();
    await from.close();
    return seen;
  };
  expect(await outcomes()).toEqual(['aaaa0001 copied', 'aaaa0002 copied', 'aaaa0003 used']);
  const again = await openFile(file, { access: 'write' });
  await again.turns.finish(turn.id, 'me', turnEnd());
  await again.close();
  expect(await outcomes()).toEqual(['aaaa0001 known', 'aaaa0002 known', 'aaaa0003 copied']);
  expect(await copy(back, { CLAUDE_SESSION_STORE_URL: url })).toMatchObject({
    status: 0,
    record: { sessions: 3, known: 0, turns: 4, messages: 8, left_out: [] },
  });
  const whole = await openFile(back, { access: 'read' });
  const [, answer] = await whole.messages.list({ sessionId: 'aaaa0001' }, { whole: true, toolCalls: true });
  expect(answer!.content).toBe(long.join(''));
  expect(answer!.toolCalls).toMatchObject(toolCalls);
  await whole.close();
});

test('copy wants to know where to, and not to where it is', async () => {
  const { run, env } = makeWorkplace();
  expect((await run(['store', 'copy'])).status).toBe(2);
  expect((await run(['store', 'copy', '--to', env['CLAUDE_SESSION_STORE_URL']!])).status).toBe(2);
  expect((await run(['store', 'status', '--to', 'x'])).status).toBe(2);
});
