import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { openStore } from '../../src/store/postgres/open.ts';
import type { Store } from '../../src/store/store.ts';
import { startCuttingProxy } from '../support/cutting-proxy.ts';
import { makeOnly } from '../support/machines.ts';
import { createDatabase, query, startPostgres } from '../support/postgres.ts';
import { Random } from '../support/random.ts';
import { newSession, newTurn, turnEnd } from '../support/store-model.ts';

const ID = '0000aaaa';

async function addTurn(store: Store, n: number): Promise<void> {
  const { turn } = await store.turns.enqueue(newTurn(ID, { message: `question ${n}` }));
  expect(await store.turns.finish(turn.id, 'me', turnEnd({ answer: [`answer ${n}`] }))).toBe(true);
}

async function expectTurns(store: Store, count: number): Promise<void> {
  const messages = await store.messages.list({ sessionId: ID });
  const expected = Array.from({ length: count }, (_, n) => [`question ${n}`, `answer ${n}`]).flat();
  expect(messages.map(({ content }) => content)).toEqual(expected);
  expect(await store.sessions.find(ID)).toMatchObject({ turnCount: count, messageCount: 2 * count });
}

test('no turn is lost, doubled or out of order over 300 cut connections', { timeout: 300_000 }, async () => {
  const direct = await createDatabase(process.env['TEST_POSTGRES']!);
  await (await openStore(direct, { access: 'write' })).close();
  const proxy = await startCuttingProxy(direct, new Random(3), 60);
  onTestFinished(() => proxy.close());
  const store = await openStore(proxy.url, { access: 'write', retryMs: 30_000 });
  await store.sessions.insert(newSession({ id: ID }));
  let turns = 0;
  while (proxy.cuts < 300) await addTurn(store, turns++);
  await store.close();
  const checked = await openStore(direct, { access: 'read' });
  await expectTurns(checked, turns);
  await checked.close();
});

test(
  'backends that are terminated, and a server that is killed, lose nothing',
  { timeout: 120_000 },
  async () => {
    const server = await startPostgres();
    onTestFinished(() => server.stop());
    const url = await createDatabase(server.url);
    const store = await openStore(url, { access: 'write', retryMs: 60_000 });
    await store.sessions.insert(newSession({ id: ID }));
    let isOver = false;
    const disturbed = (async () => {
      for (let n = 0; n < 30; n++) {
        await sleep(20);
        await query(
          server.url,
          'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1',
          ['session'],
        );
      }
      for (let n = 0; n < 3; n++) {
        await server.kill();
        await server.start();
        await sleep(300);
      }
      isOver = true;
    })();
    let turns = 0;
    while (!isOver) await addTurn(store, turns++);
    await disturbed;
    await expectTurns(store, turns);
    await store.close();
  },
);

test(
  'an answer that can not be stored is stored by the next command that can, once',
  { timeout: 120_000 },
  async () => {
    const server = await startPostgres();
    onTestFinished(() => server.stop());
    const place = makeOnly(await createDatabase(server.url));
    await place.run('new', '--name', 'kept');
    const words = 'stream 100ms one two three four five six seven eight nine ten';
    const turn = place.start('send', 'kept', words, '--ndjson');
    await turn.says('three');
    await server.kill();
    const killedAt = Date.now();
    const ended = await turn.ended;
    expect(ended.code).toBe(9);
    console.log(JSON.stringify({ endedAfterMs: Date.now() - killedAt }));
    expect(ended.stdout).toContain('ten');
    const failures = turn.records.filter(({ type }) => type === 'error');
    expect(failures).toMatchObject([{ code: 'STORE_UNREADABLE', exit_status: 9 }]);
    expect(failures[0]!['message']).toContain('does not answer');
    await server.start();
    const messages = JSON.parse((await place.run('history', 'kept', '--json')).stdout) as {
      content: string;
    }[];
    expect(messages.map(({ content }) => content)).toEqual([
      'stream 100ms one two three four five six seven eight nine ten',
      'one two three four five six seven eight nine ten',
    ]);
  },
);

test(
  'a database that is not there is status 9 in one sentence, without the password',
  { timeout: 60_000 },
  async () => {
    const place = makeOnly('postgres://someone:geheim@127.0.0.1:1/nothing?password=geheim');
    const { code, stderr, stdout } = await place.run('list');
    expect([code, stdout]).toEqual([9, '']);
    expect(stderr).toContain('postgres://someone@127.0.0.1:1/nothing does not answer');
    expect(stderr).not.toContain('geheim');
    const shown = await place.run('config', 'get', 'store.url');
    expect(shown.stdout).toBe('postgres://someone@127.0.0.1:1/nothing\n');
  },
);
