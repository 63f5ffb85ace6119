import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { startCuttingProxy } from '../support/cutting-proxy.ts';
import { makeOnly } from '../support/machines.ts';
import type { Machine } from '../support/machines.ts';
import { createDatabase, query, startPostgres } from '../support/postgres.ts';
import { Random } from '../support/random.ts';
import { isTorture } from '../support/run.ts';

/** SESSION_TORTURE=full is the run whose numbers are quoted; without it, one that CI has time for. */
const CUTS = isTorture ? 300 : 25;
const KILLS = isTorture ? 60 : 8;
const timeout = isTorture ? 1_800_000 : 120_000;

const WORDS = 'is made of a few words and ends in';
const scriptOf = (n: number): string => `stream 10ms ${answerOf(n)}`;
const answerOf = (n: number): string => `answer ${n} ${WORDS} ${n}`;

interface Row {
  turn: string;
  role: string;
  content: string;
  status: string;
  error: string | null;
}

/** What is wrong with what is stored, given which sends were acknowledged; nothing, one hopes. */
async function findDamage(url: string, acknowledged: Set<number>): Promise<string[]> {
  const damage: string[] = [];
  const rows = await query<Row>(
    url,
    `SELECT turn_id AS turn, role, content, status, error_code AS error FROM messages JOIN turns ON turns.id = turn_id ORDER BY messages.id`,
  );
  const asked = rows.filter(({ role }) => role === 'user');
  const numbers = asked.map(({ content }) => Number(/\d+$/.exec(content)![0]));
  if (numbers.some((n, at) => at > 0 && n <= numbers[at - 1]!)) damage.push(`order: ${String(numbers)}`);
  for (const n of acknowledged) if (!numbers.includes(n)) damage.push(`acknowledged ${n} is lost`);
  for (const [at, { turn, status, error }] of asked.entries()) {
    const n = numbers[at]!;
    const answers = rows.filter((row) => row.turn === turn && row.role === 'assistant');
    const said = answers[0]?.content ?? '';
    if (answers.length > 1) damage.push(`${n} was answered twice`);
    // A turn fails where the database is away for too long before its agent is started.
    if (!['completed', 'interrupted'].includes(status) && error !== 'STORE_UNREADABLE')
      damage.push(`${n} is ${status}: ${error}`);
    const isWhole = status === 'completed' || acknowledged.has(n);
    if (isWhole ? said.trim() !== answerOf(n) : !answerOf(n).startsWith(said.trim()))
      damage.push(`${n} (${status}): ${said}`);
  }
  const [sums] = await query<{ right: boolean }>(
    url,
    `SELECT message_count = (SELECT count(*) FROM messages) AND turn_count = (SELECT count(*) FROM turns)
       AND bytes = (SELECT sum(octet_length(content)) FROM messages)
         + (SELECT coalesce(sum(octet_length(content)), 0) FROM agent_transcripts) AS right FROM sessions`,
  );
  if (sums!.right !== true) damage.push('the sums are wrong');
  return damage;
}

/** Sends one message after the other until it was disturbed often enough; those that were acknowledged. */
async function sendMany(place: Machine, isOver: () => boolean, disturb?: (n: number) => unknown) {
  const acknowledged = new Set<number>();
  let sends = 0;
  for (let n = 1; !isOver(); n++, sends++) {
    const running = place.start('send', 'shared', scriptOf(n), '--ndjson');
    disturb?.(n);
    const { code, stdout, stderr } = await running.ended;
    // 9: the answer is stored by the next command.
    if (code === 0) acknowledged.add(n);
    else if (code !== null && code !== 9) throw new Error(`send ${n} ended with ${code}: ${stdout}${stderr}`);
  }
  return { acknowledged, sends };
}

async function expectSound(direct: string, acknowledged: Set<number>): Promise<void> {
  await expect
    .poll(() => query(direct, 'SELECT id FROM turns WHERE ended_at IS NULL'), { timeout: 20_000 })
    .toEqual([]);
  expect(await findDamage(direct, acknowledged)).toEqual([]);
  const left = () =>
    query(
      direct,
      `SELECT pid FROM pg_stat_activity WHERE application_name = 'session' AND datname = current_database()`,
    );
  await expect.poll(left, { timeout: 10_000 }).toEqual([]);
}

test(`a program whose connection is cut ${CUTS} times stores every answer, once`, { timeout }, async () => {
  const direct = await createDatabase(process.env['TEST_POSTGRES']!);
  const setUp = makeOnly(direct);
  await setUp.run('new', '--name', 'shared');
  const proxy = await startCuttingProxy(direct, new Random(Date.now()), 400);
  onTestFinished(() => proxy.close());
  setUp.env['CLAUDE_SESSION_STORE_URL'] = proxy.url;
  const { acknowledged, sends } = await sendMany(setUp, () => proxy.cuts >= CUTS);
  setUp.env['CLAUDE_SESSION_STORE_URL'] = direct;
  await setUp.run('history', 'shared');
  await expectSound(direct, acknowledged);
  console.log(JSON.stringify({ cuts: proxy.cuts, sends, acknowledged: acknowledged.size }));
});

test(`${KILLS} sends and followers killed at random lose nothing`, { timeout }, async () => {
  const direct = await createDatabase(process.env['TEST_POSTGRES']!);
  const place = makeOnly(direct);
  await place.run('new', '--name', 'shared');
  const random = new Random(Date.now());
  const kill = async (running: ReturnType<Machine['start']>): Promise<void> => {
    await sleep(random.below(1200));
    if (running.child.exitCode === null && running.child.signalCode === null) kills++;
    running.kill('SIGKILL');
  };
  let kills = 0;
  const acknowledged = new Set<number>();
  let sends = 0;
  for (let n = 1; kills < KILLS; n++, sends++) {
    const sending = place.start('send', 'shared', scriptOf(n), '--ndjson');
    void kill(sending);
    const { stdout } = await sending.ended;
    if (stdout.includes('"type":"done"')) acknowledged.add(n);
    const following = place.start('wait', 'shared');
    if (n % 2 === 0) void kill(following);
    await following.ended;
  }
  await place.run('wait', 'shared');
  await place.run('history', 'shared');
  await expectSound(direct, acknowledged);
  console.log(JSON.stringify({ kills, sends, acknowledged: acknowledged.size }));
});

test(
  'backends that are terminated and a server that is killed while a program sends lose nothing',
  { timeout },
  async () => {
    const server = await startPostgres();
    onTestFinished(() => server.stop());
    const direct = await createDatabase(server.url);
    const place = makeOnly(direct);
    await place.run('new', '--name', 'shared');
    let isOver = false;
    const random = new Random(Date.now());
    const disturbed = (async () => {
      for (let n = 0; n < KILLS; n++) {
        await sleep(random.below(300));
        await query(
          server.url,
          'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1',
          ['session'],
        );
      }
      for (let n = 0; n < (isTorture ? 10 : 2); n++) {
        await sleep(random.below(1500));
        await server.kill();
        await server.start();
      }
    })().finally(() => (isOver = true));
    const { acknowledged, sends } = await sendMany(place, () => isOver);
    await disturbed;
    await place.run('history', 'shared');
    await expectSound(direct, acknowledged);
    console.log(JSON.stringify({ terminated: KILLS, sends, acknowledged: acknowledged.size }));
  },
);

test('an answer whose transaction is tried again is stored whole', async () => {
  const direct = await createDatabase(process.env['TEST_POSTGRES']!);
  const place = makeOnly(direct);
  await place.run('new', '--name', 'shared');
  // What a sequence has given is not taken back with the transaction.
  await query(
    direct,
    `CREATE SEQUENCE tries;
     CREATE FUNCTION fail_twice() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN
         IF nextval('tries') < 3 THEN RAISE EXCEPTION 'once more' USING ERRCODE = '40001'; END IF;
         RETURN NULL;
       END $$;
     CREATE TRIGGER tries AFTER INSERT ON tool_calls FOR EACH ROW EXECUTE FUNCTION fail_twice();`,
  );
  const sent = await place.run('send', 'shared', 'say before\nbash true\nsay after', '--ndjson');
  expect(sent.code).toBe(0);
  const { stdout } = await place.run('history', 'shared', '--json');
  const [, answer] = JSON.parse(stdout) as { content: string; tool_calls: object[] }[];
  expect(answer!.content).toContain('before');
  expect(answer!.content).toContain('after');
  expect(answer!.tool_calls).toHaveLength(1);
  expect(await query(direct, 'SELECT last_value::int AS n FROM tries')).toEqual([{ n: 3 }]);
});
