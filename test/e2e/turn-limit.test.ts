import { expect, test } from 'vitest';
import { Place, parseLines, until } from '../support/run.ts';

const LIMITED = 'say begun\nbash echo tool\nfail limit 3s';
const WAIT = ['--wait-limit', '1m'];

/** A turn that waits for the end of a usage limit, from the moment that it says so. */
async function startWaiting(place: Place, id: string, ...flags: string[]) {
  const sender = place.start(['send', id, LIMITED, ...WAIT, '--ndjson', ...flags]);
  await sender.says('waiting_for_limit');
  return sender;
}

test('a usage limit has an exit status of its own and says when it ends', async () => {
  const place = new Place();
  const id = await place.newSession();
  const { code, stdout, stderr } = await place.run(['send', id, 'say begun\nfail limit 3600s', '--ndjson']);
  expect(code).toBe(10);
  const error = parseLines(stdout).find(({ type }) => type === 'error')!;
  expect(error).toMatchObject({ code: 'LIMIT_REACHED', exit_status: 10 });
  expect(Date.parse(error['retry_at'])).toBeGreaterThan(Date.now() + 3_000_000);
  expect(error['hint']).toContain('--wait-limit');
  expect(stderr).toBe('');
  const waited = await place.run(['wait', id, '--json']);
  expect(waited.code).toBe(10);
  expect(JSON.parse(waited.stdout)).toMatchObject({ error: { retry_at: error['retry_at'] } });
});

test('a limit that ends too late is not waited for', async () => {
  const place = new Place();
  const id = await place.newSession();
  const { code, stderr } = await place.run(['send', id, 'fail limit 3600s', ...WAIT]);
  expect(code).toBe(10);
  expect(stderr).not.toContain('waiting_for_limit');
});

test('an overload is tried again and again, within the time given', async () => {
  const place = new Place();
  const id = await place.newSession();
  const argv = ['send', id, 'fail overloaded', '--max-retries', '0', '--wait-limit', '8s', '--ndjson'];
  const { code, stdout } = await place.run(argv);
  expect(code).toBe(0);
  const waits = parseLines(stdout).filter(({ status }) => status === 'waiting_for_limit');
  expect(waits.map(({ code: reason }) => reason)).toEqual(['OVERLOADED']);
});

test.each(['--cold', '--warm'])('what was said before and after a limit is one answer (%s)', async (flag) => {
  const place = new Place();
  const id = await place.newSession();
  const sender = await startWaiting(place, id, flag);
  const watcher = place.start(['watch', id, '--ndjson']);
  expect((await place.show(id))['state']).toBe('running');
  const { code } = await sender.ended;
  expect(code).toBe(0);
  const done = sender.records.at(-1)!;
  expect(done).toMatchObject({ type: 'done', status: 'completed', num_turns: expect.any(Number) });
  expect(done['text']).toMatch(/^begun\n\n.*Please go on/su);
  expect(done['tool_calls']).toHaveLength(1);
  const [asked, answer, ...more] = await place.history(id);
  expect(more).toEqual([]);
  expect(asked).toMatchObject({ content: LIMITED });
  expect(answer).toMatchObject({ content: done['text'], tool_calls: [{ name: 'Bash' }] });
  const seen = parseLines((await watcher.ended).stdout);
  expect(seen.at(-1)).toMatchObject({ type: 'done', text: done['text'] });
  const told = seen.flatMap(({ type, content }) => (type === 'text' ? [content] : [])).join('');
  expect(told).toBe(done['text']);
  await place.run(['stop', id]);
  await place.expectNothingLeft();
});

test('the tokens of both parts are those of the turn', async () => {
  const place = new Place();
  const id = await place.newSession();
  const plain = JSON.parse(await place.must('send', id, 'say begun\nbash echo tool', '--json'));
  const limited = JSON.parse(await place.must('send', id, LIMITED, ...WAIT, '--json'));
  expect(limited['usage']['output_tokens']).toBeGreaterThan(plain['usage']['output_tokens']);
  const { cost_usd: cost } = await place.show(id);
  expect(cost).toBeCloseTo(plain['cost_usd'] + limited['cost_usd'], 9);
});

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s leaves the wait', async (signal, status) => {
  const place = new Place();
  const id = await place.newSession();
  const sender = await startWaiting(place, id);
  expect((await sender.kill(signal).ended).code).toBe(status);
  expect((await place.history(id)).at(-1)).toMatchObject({ status: 'interrupted', content: 'begun' });
  await place.expectNothingLeft();
});

test.each(['--cold', '--warm'])('cancel leaves the wait (%s)', async (flag) => {
  const place = new Place();
  const id = await place.newSession();
  const sender = await startWaiting(place, id, flag);
  await place.must('cancel', id);
  expect((await sender.ended).code).toBe(130);
  expect((await place.history(id)).at(-1)).toMatchObject({ status: 'interrupted' });
  await place.run(['stop', id]);
  await place.expectNothingLeft();
});

test('a process that is killed while it waits gives its place up, and its message is not sent again', async () => {
  const place = new Place();
  const id = await place.newSession();
  const sender = await startWaiting(place, id);
  await sender.kill('SIGKILL').ended;
  expect(await place.must('send', id, 'say next')).toBe('next\n');
  const turns = (await place.history(id)).map(({ role, content, status }) => [role, content, status]);
  expect(turns).toEqual([
    ['user', LIMITED, 'limit'],
    ['assistant', 'begun', 'limit'],
    ['user', 'say next', 'completed'],
    ['assistant', 'next', 'completed'],
  ]);
  await place.expectNothingLeft();
});

test('a process that is killed after the wait is seen through, with all that was said', async () => {
  const place = new Place();
  const id = await place.newSession();
  const sender = await startWaiting(place, id, '--max-retries', '0');
  await until(() => sender.records.at(-1)?.['status'] !== 'waiting_for_limit');
  await sender.kill('SIGKILL').ended;
  await place.run(['wait', id]);
  const answer = (await place.history(id)).at(-1)!;
  expect(answer['content']).toMatch(/^begun/u);
  expect(answer['tool_calls']).toHaveLength(1);
});

test('a detached turn waits too', async () => {
  const place = new Place();
  const id = await place.newSession();
  await place.must('send', id, LIMITED, '--detach', ...WAIT);
  expect((await place.run(['wait', id])).code).toBe(0);
  expect((await place.history(id))[1]!['content']).toMatch(/^begun\n\n.*Please go on/su);
});
