import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { processesOf } from '../support/processes.ts';
import { PROGRAM, Place, parseLines, type Content, until } from '../support/run.ts';

const SLOW = 'say begun\nstream 150ms one two three four five six seven eight';

/** Detaches a turn and waits until its agent speaks. */
async function detach(place: Place, id: string, script: string, ...flags: string[]): Promise<string> {
  return (await place.must('send', id, script, '--detach', ...flags)).trim();
}

/** Records without what differs between two readers of one turn. */
function comparable(records: Content[]): Content[] {
  const joined: Content[] = [];
  for (const record of records) {
    const last = joined.at(-1);
    if (record['type'] === 'text' && last?.['type'] === 'text') last['content'] += record['content'];
    else joined.push({ ...record });
  }
  return joined;
}

describe('a detached turn', () => {
  test('is left at once, ends with nobody watching, is stored and leaves nothing', async () => {
    const place = new Place();
    const id = await place.newSession();
    const turn = await detach(place, id, SLOW);
    expect(turn).toBe('1');
    expect(await place.show(id)).toMatchObject({ state: 'running' });
    await until(() => processesOf(place.home).length === 0);
    expect(place.runFiles()).toEqual([]);
    expect((await place.history(id)).map(({ status, content }) => [status, content])).toEqual([
      ['completed', SLOW],
      ['completed', 'begunone two three four five six seven eight'],
    ]);
  });

  test('is told of in JSON and NDJSON', async () => {
    const place = new Place();
    const id = await place.newSession();
    const told = JSON.parse(await place.must('send', id, 'say hello', '--detach', '--json')) as Content;
    expect(told).toMatchObject({ session_id: id, turn_id: 1 });
  });

  test('that a tool of an agent sends does not end with that agent', async () => {
    const place = new Place();
    const [id, other] = [await place.newSession('--mode', 'power'), await place.newSession()];
    const send = `${process.execPath} ${PROGRAM} send ${other} 'sleep 2s' --detach`;
    await place.must('send', id, `bash ${send}`);
    await place.must('wait', other);
    expect((await place.history(other))[1]).toMatchObject({ status: 'completed' });
    await place.expectNothingLeft();
  });

  test('belongs to no terminal and no process group of its sender; a signal to its own process ends it', async () => {
    const place = new Place();
    const id = await place.newSession();
    await detach(place, id, 'say begun\nhang');
    const watcher = place.start(['watch', id]);
    await watcher.says('begun');
    const runner = processesOf(place.home).find(({ command }) => command.includes('run-turn'))!.pid;
    const [, , group, session] = readFileSync(`/proc/${runner}/stat`, 'latin1').split(') ')[1]!.split(' ');
    expect([Number(group), Number(session)]).toEqual([runner, runner]);
    process.kill(runner, 'SIGTERM');
    expect((await watcher.ended).code).toBe(143);
    expect((await place.history(id))[1]).toMatchObject({ status: 'interrupted', content: 'begun' });
    await place.expectNothingLeft();
  });

  test('waits its turn', async () => {
    const place = new Place();
    const id = await place.newSession();
    await detach(place, id, SLOW);
    await detach(place, id, 'say second');
    expect(await place.must('send', id, 'recall')).toContain(SLOW);
    const asked = (await place.history(id)).filter(({ role }) => role === 'user');
    expect(asked.map(({ content, status }) => [content, status])).toEqual([
      [SLOW, 'completed'],
      ['say second', 'completed'],
      ['recall', 'completed'],
    ]);
    await place.expectNothingLeft();
  });

  test('survives the death of the process that runs it', async () => {
    const place = new Place();
    const id = await place.newSession();
    await detach(place, id, SLOW);
    let runner: number | undefined;
    await until(() => processesOf(place.home).some(({ command }) => command.includes('mock-agent')));
    await sleep(600);
    for (const { pid, command } of processesOf(place.home)) if (command.includes('run-turn')) runner = pid;
    process.kill(runner!, 'SIGKILL');
    expect((await place.run(['wait', id])).code).toBe(0);
    expect((await place.history(id))[1]!['content']).toMatch(/eight$/);
    await place.expectNothingLeft();
  });

  test('of a session that is busy past --wait ends as failed, and says why', async () => {
    const place = new Place();
    const id = await place.newSession();
    await detach(place, id, 'say one\nsleep 60s');
    const turn = await detach(place, id, 'say two', '--wait', '300ms');
    const { code, stderr } = await place.run(['wait', id, '--turn', turn]);
    expect(code).toBe(6);
    expect(stderr).toContain('is busy');
    await place.must('cancel', id);
    await place.expectNothingLeft();
  });
});

test('a detached turn of a busy session is refused with --no-wait, and is not stored', async () => {
  const place = new Place();
  const id = await place.newSession();
  await detach(place, id, 'say one\nsleep 60s');
  const { code, stdout } = await place.run(['send', id, 'say two', '--detach', '--no-wait']);
  expect({ code, stdout }).toEqual({ code: 6, stdout: '' });
  await place.must('cancel', id);
  expect(await place.show(id)).toMatchObject({ turn_count: 1 });
  await place.expectNothingLeft();
});

test('a denied tool is status 5 for whoever follows the turn, if its send asked for that', async () => {
  const place = new Place();
  const id = await place.newSession();
  await detach(place, id, 'bash touch file', '--fail-on-denied');
  for (const follow of [['wait'], ['watch'], ['watch', '--ndjson']])
    expect((await place.run([follow[0]!, id, ...follow.slice(1)])).code, follow.join(' ')).toBe(5);
  await place.run(['send', id, 'bash touch file']);
  expect((await place.run(['wait', id])).code).toBe(0);
});

describe('wait', () => {
  test.each([
    ['say fine', 0],
    ['fail 400', 1],
    ['fail max-turns', 7],
    ['hang', 3],
  ] as const)('ends as the turn did (%s)', async (script, code) => {
    const place = new Place();
    const id = await place.newSession();
    await detach(place, id, script, '--timeout', '5s', '--max-turns', '3');
    expect((await place.run(['wait', id])).code).toBe(code);
    expect((await place.run(['wait', id])).code).toBe(code);
    await place.expectNothingLeft();
  });

  test('gives up after --timeout with 3, or at a signal, and the turn goes on', async () => {
    const place = new Place();
    const id = await place.newSession();
    await detach(place, id, 'say begun\nsleep 8s\nsay done');
    const timedOut = await place.run(['wait', id, '--timeout', '300ms']);
    expect(timedOut).toMatchObject({ code: 3, stderr: expect.stringContaining('still going on') });
    const waiting = place.start(['wait', id]);
    await sleep(1_500);
    waiting.kill('SIGINT');
    expect((await waiting.ended).code).toBe(130);
    expect((await place.run(['wait', id])).code).toBe(0);
  });

  test('for a session without a turn is over at once', async () => {
    const place = new Place();
    const { code, stdout, stderr } = await place.run(['wait', await place.newSession()]);
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: '',
      stderr: expect.stringContaining('no turn yet'),
    });
  });
});

/** Does something once a turn of the session is with its agent. */
async function untilTurn<T>(place: Place, id: string, work: () => T): Promise<T> {
  await until(async () => (await place.show(id))['state'] === 'running');
  return work();
}

describe('watch', () => {
  test('tells any number of watchers what send would have told', async () => {
    const place = new Place();
    const id = await place.newSession();
    await detach(place, id, `${SLOW}\nbash true\nsay last`);
    const watching = [1, 2, 3].map(() => place.start(['watch', id, '--ndjson']));
    const seen = await Promise.all(watching.map((each) => each.ended));
    const [first, ...others] = seen.map(({ stdout }) => comparable(parseLines(stdout)));
    for (const other of others) expect(other).toEqual(first);
    expect(first![0]).toMatchObject({ type: 'start', turn_id: 1 });
    expect(first!.at(-1)).toMatchObject({ type: 'done', exit_code: 0 });
    const script = `${SLOW}\nbash true\nsay last`;
    const sent = await place.run(['send', await place.newSession(), script, '--ndjson']);
    const shape = (records: Content[]): unknown[] => records.map(({ type, content }) => [type, content]);
    expect(shape(first!)).toEqual(shape(comparable(parseLines(sent.stdout))));
    for (const { code } of seen) expect(code).toBe(0);
  });

  test('from now leaves out what was said before', async () => {
    const place = new Place();
    const id = await place.newSession();
    await detach(place, id, 'say before\nsleep 4s\nsay after');
    const watcher = place.start(['watch', id]);
    await watcher.says('before');
    const late = await place.run(['watch', id, '--from-now', '--ndjson']);
    const records = parseLines(late.stdout);
    const told = records.flatMap(({ type, content }) => (type === 'text' ? [content] : [])).join('');
    expect(told.trim()).toBe('after');
    expect(records[0]).toMatchObject({ type: 'start' });
    expect(records.at(-1)).toMatchObject({ type: 'done', text: 'before\nafter' });
    expect((await watcher.ended).stdout).toBe('before\nafter\n');
  });

  test('of a warm turn, however far behind, tells all of it and nothing of the next', async () => {
    const place = new Place();
    const id = await place.newSession('--warm');
    await place.run(['send', id, 'say warm']);
    const words = (letter: string, count: number): string[] =>
      Array.from({ length: count }, (_, n) => `${letter}${n}`);
    const first = place.start(['send', id, `bash true\nstream 100ms ${words('a', 12).join(' ')}\nbash true`]);
    const watcher = await untilTurn(place, id, () => place.start(['watch', id, '--ndjson']));
    await watcher.says('a2');
    watcher.kill('SIGSTOP');
    await first.ended;
    // A longer one: where the watcher stopped reading is in the middle of it.
    await place.run(['send', id, `stream 1ms ${words('b', 60).join(' ')}`]);
    watcher.kill('SIGCONT');
    const { code, stdout } = await watcher.ended;
    const records = parseLines(stdout);
    const told = records.flatMap(({ type, content }) => (type === 'text' ? [content] : [])).join('');
    const answer = (await place.history(id)).find(
      ({ turn_id, role }) => turn_id === 2 && role === 'assistant',
    );
    expect(told).toContain(words('a', 12).join(' '));
    expect(told).toBe(answer!['content']);
    expect(records.filter(({ type }) => type === 'tool_call')).toHaveLength(2);
    expect(records.at(-1)).toMatchObject({ type: 'done', turn_id: 2, text: told });
    expect(code).toBe(0);
    await place.must('stop', id);
    await place.expectNothingLeft();
  });

  test('of a turn that has ended tells it again, with its status', async () => {
    const place = new Place();
    const id = await place.newSession();
    await place.run(['send', id, 'say one\nbash true\nsay two\nfail 400']);
    const { code, stdout } = await place.run(['watch', id, '--ndjson']);
    expect(code).toBe(1);
    const types = parseLines(stdout).map(({ type }) => type);
    expect(types[0]).toBe('start');
    expect(types).toContain('tool_call');
    expect(types.slice(-2)).toEqual(['error', 'done']);
  });

  test('ends at a signal with its status, and the turn goes on', async () => {
    const place = new Place();
    const id = await place.newSession();
    await detach(place, id, 'say begun\nsleep 5s\nsay ended');
    const watcher = place.start(['watch', id]);
    await watcher.says('begun');
    watcher.kill('SIGTERM');
    expect((await watcher.ended).code).toBe(143);
    expect((await place.run(['wait', id])).code).toBe(0);
  });

  test('of a turn whose process is killed goes on to its end', async () => {
    const place = new Place();
    const id = await place.newSession();
    const running = place.start(['send', id, SLOW]);
    await running.says('begun');
    const watcher = place.start(['watch', id]);
    await watcher.says('begun');
    running.kill('SIGKILL');
    expect(await watcher.ended).toMatchObject({ code: 0, stdout: expect.stringMatching(/eight\n$/) });
    await place.expectNothingLeft();
  });

  test('shows cancelled turns for what they are', async () => {
    const place = new Place();
    const id = await place.newSession();
    await detach(place, id, 'say begun\nhang');
    const watcher = place.start(['watch', id, '--ndjson']);
    await watcher.says('begun');
    await place.must('cancel', id);
    const { code, stdout } = await watcher.ended;
    expect(code).toBe(130);
    expect(parseLines(stdout).at(-1)).toMatchObject({ type: 'done', status: 'interrupted', text: 'begun' });
    await place.expectNothingLeft();
  });
});

test('of a session that is warm, its id is printed at once, and its host sees it through', async () => {
  const place = new Place();
  const id = await place.newSession('--warm');
  const { code, stdout } = await place.run(['send', id, 'sleep 500ms\nsay one', '--detach']);
  expect({ code, stdout }).toEqual({ code: 0, stdout: '1\n' });
  expect(await place.must('wait', id, '--json')).toContain('"completed"');
  await place.must('stop', id);
  await place.expectNothingLeft();
});
