import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { pidIn } from '../support/mock-agent.ts';
import { type Ended, isTorture, Place, parseLines, type Running } from '../support/run.ts';

const STREAM = 'stream 100ms one two three four five six seven eight nine ten';

async function startTurn(place: Place, id: string, script: string, ...flags: string[]): Promise<Running> {
  const running = place.start(['send', id, script, '--ndjson', ...flags]);
  await running.says('one');
  return running;
}

/** That a turn ended so, that the last record says so, and that what was said is kept. */
async function expectStopped(place: Place, id: string, ended: Ended, like: object): Promise<void> {
  const records = parseLines(ended.stdout);
  expect(records[0]).toMatchObject({ type: 'start' });
  expect(records.at(-2)).toMatchObject({ type: 'error' });
  expect(records.at(-1)).toMatchObject({ type: 'done', exit_code: ended.code, ...like });
  const told = records.flatMap(({ type, content }) => (type === 'text' ? [content] : [])).join('');
  expect(records.at(-1)!['text']).toBe(told);
  const { status } = like as { status: string };
  const [asked, answered] = await place.history(id);
  expect(asked).toMatchObject({ status });
  expect(answered).toMatchObject({ status, content: told });
  expect(told).toMatch(/^one/);
  await place.expectNothingLeft();
}

describe('in the middle of an answer', () => {
  test.each([
    ['SIGINT', 130, 'INTERRUPTED'],
    ['SIGTERM', 143, 'TERMINATED'],
    ['SIGHUP', 129, 'HANGUP'],
  ] as const)('%s ends the turn with %i', async (signal, code, error) => {
    const place = new Place();
    const id = await place.newSession();
    const running = await startTurn(place, id, STREAM);
    running.kill(signal);
    const ended = await running.ended;
    expect(ended).toMatchObject({ code, signal: null });
    expect(parseLines(ended.stdout).at(-2)).toMatchObject({ code: error, exit_status: code });
    await expectStopped(place, id, ended, { status: 'interrupted' });
    expect(await place.must('send', id, 'recall')).toContain('one two');
  });

  test('SIGQUIT ends it as SIGTERM does, and SIGUSR1 opens no port for debuggers', async () => {
    const place = new Place();
    const id = await place.newSession();
    const running = await startTurn(place, id, STREAM);
    running.kill('SIGUSR1');
    await running.says('three');
    running.kill('SIGQUIT');
    const ended = await running.ended;
    expect(ended).toMatchObject({ code: 143, signal: null });
    expect(ended.stderr).not.toContain('Debugger');
    await expectStopped(place, id, ended, { status: 'interrupted' });
  });

  test('--timeout ends it with 3', async () => {
    const place = new Place();
    const id = await place.newSession();
    const ended = await place.run(['send', id, 'say one\nhang', '--timeout', '4s', '--ndjson']);
    expect(ended.code).toBe(3);
    await expectStopped(place, id, ended, { status: 'timed_out' });
  });

  test('a timeout that is over at once says nothing of servers that the agent had no time for', async () => {
    const place = new Place();
    const id = await place.newSession();
    const { code, stderr } = await place.run(['send', id, 'say one\nhang', '--timeout', '1ms']);
    expect(code).toBe(3);
    expect(stderr).not.toContain('MCP');
  });

  test('an agent that says nothing for too long is ended with 3', async () => {
    const place = new Place();
    const id = await place.newSession();
    const ended = await place.run(['send', id, 'say one\nhang', '--stall-timeout', '3s', '--ndjson']);
    expect(ended.code).toBe(3);
    expect(parseLines(ended.stdout).at(-2)).toMatchObject({ code: 'STALLED' });
    await expectStopped(place, id, ended, { status: 'timed_out' });
  });

  if (isTorture)
    test('one that speaks every now and then is not', async () => {
      const place = new Place();
      const id = await place.newSession();
      const script = 'stream 800ms one two three four five six';
      const { code, stdout } = await place.run(['send', id, script, '--stall-timeout', '3s']);
      expect({ code, stdout }).toEqual({ code: 0, stdout: 'one two three four five six\n' });
    });

  test('one that speaks while its reader is behind is not, either', async () => {
    const place = new Place();
    const id = await place.newSession();
    const script = 'emit 1MB\nstream 500ms a b c d e f g h i j\nemit 1MB';
    const running = place.start(['send', id, script, '--stall-timeout', '3s']);
    running.child.stdout!.pause();
    await sleep(6_000);
    running.child.stdout!.resume();
    const { code, stdout } = await running.ended;
    expect({ code, bytes: stdout.length }).toMatchObject({ code: 0 });
    expect(stdout.length).toBeGreaterThan(2_000_000);
  });

  test('cancel from another process ends it with 130', async () => {
    const place = new Place();
    const id = await place.newSession();
    const running = await startTurn(place, id, STREAM);
    const cancelled = await place.run(['cancel', id]);
    expect(cancelled).toMatchObject({
      code: 0,
      stdout: '',
      stderr: expect.stringContaining('cancelled turn 1'),
    });
    await expectStopped(place, id, await running.ended, { status: 'interrupted' });
    expect((await running.ended).code).toBe(130);
    expect(running.records.at(-2)).toMatchObject({ message: expect.stringContaining('cancelled') });
  });

  test('cancel ends those that wait, too, and none of them gets to the agent', async () => {
    const place = new Place();
    const id = await place.newSession();
    const running = await startTurn(place, id, 'say one\nhang');
    const waiting = [1, 2].map((n) => place.start(['send', id, `write late-${n}.txt x`]));
    while ((await place.show(id))['turn_count'] < 3) await sleep(20);
    await place.must('cancel', id);
    expect((await running.ended).code).toBe(130);
    for (const each of waiting) expect((await each.ended).code).toBe(130);
    expect((await place.history(id)).map(({ status }) => status)).toEqual(
      [1, 2, 3, 4].map(() => 'interrupted'),
    );
    await place.expectNothingLeft();
  });

  test('cancel ends the turn of a process that was killed', async () => {
    const place = new Place();
    const id = await place.newSession();
    const running = await startTurn(place, id, STREAM);
    running.kill('SIGKILL');
    await place.must('cancel', id);
    const [, answered] = await place.history(id);
    expect(answered!['content']).toMatch(/^one/);
    await place.expectNothingLeft();
  });

  test('cancel where nothing runs says so', async () => {
    const place = new Place();
    const id = await place.newSession();
    expect(await place.run(['cancel', id])).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('nothing'),
    });
    expect(place.runFiles()).toEqual([]);
  });
});

describe('an agent that does not listen', () => {
  test('is killed, after its grace', async () => {
    const place = new Place();
    const id = await place.newSession();
    const running = await startTurn(place, id, 'ignore\nsay one\nhang');
    running.kill('SIGTERM');
    const ended = await running.ended;
    expect(ended.code).toBe(143);
    await expectStopped(place, id, ended, { status: 'interrupted' });
  });

  test('is killed at once by a second SIGINT', async () => {
    const place = new Place();
    const id = await place.newSession();
    const running = await startTurn(place, id, 'ignore\nsay one\nhang', '--timeout', '1h');
    const since = Date.now();
    running.kill('SIGINT');
    await sleep(200);
    running.kill('SIGINT');
    const ended = await running.ended;
    expect(ended.code).toBe(130);
    // The grace alone is five seconds.
    expect(Date.now() - since).toBeLessThan(4_500);
    await expectStopped(place, id, ended, { status: 'interrupted' });
  });

  test('is killed by cancel', async () => {
    const place = new Place();
    const id = await place.newSession();
    const running = await startTurn(place, id, 'ignore\nsay one\nhang');
    await place.must('cancel', id);
    expect((await running.ended).code).toBe(130);
    await place.expectNothingLeft();
  });

  if (isTorture)
    test('is ended when it stays after its result', { timeout: 90_000 }, async () => {
      const place = new Place();
      const id = await place.newSession();
      const { code, stdout } = await place.run(['send', id, 'ignore eof\nsay one']);
      expect({ code, stdout }).toEqual({ code: 0, stdout: 'one\n' });
      await place.expectNothingLeft();
    });

  test('is ended when it stays after its result, also by the next command', { timeout: 90_000 }, async () => {
    const place = new Place();
    const id = await place.newSession();
    const running = await startTurn(place, id, 'ignore eof\nsay one');
    running.kill('SIGKILL');
    expect(await place.run(['send', id, 'say two'])).toMatchObject({ code: 0, stdout: 'two\n' });
    expect((await place.history(id)).map(({ content }) => content).slice(1)).toEqual([
      'one',
      'say two',
      'two',
    ]);
    await place.expectNothingLeft();
  });
});

test('a tool that runs in a session of its own ends with the turn', async () => {
  const place = new Place();
  const id = await place.newSession('--mode', 'power');
  const running = place.start(['send', id, 'bash echo $$ > pid; sleep 60; true']);
  await pidIn(path.join(place.root, 'pid'));
  running.kill('SIGINT');
  expect((await running.ended).code).toBe(130);
  await place.expectNothingLeft();
});

/** Whether a signal comes before the program, the turn or the agent is ready is up to chance; nothing may be left in any case. */
test.each(['SIGINT', 'SIGTERM'] as const)('%s in the first moments', { timeout: 120_000 }, async (signal) => {
  const place = new Place();
  const id = await place.newSession();
  const status = signal === 'SIGINT' ? 130 : 143;
  for (let afterMs = 0; afterMs <= 600; afterMs += isTorture ? 20 : 120) {
    const running = place.start(['send', id, 'say one\nhang', '--ndjson']);
    await sleep(afterMs);
    running.kill(signal);
    const { code, signal: by, stdout } = await running.ended;
    expect(by === signal || code === status, `${afterMs} ms: ${code} ${by}`).toBe(true);
    if (stdout.includes('"start"'))
      expect(parseLines(stdout).at(-1)).toMatchObject({ type: 'done', status: 'interrupted' });
  }
  expect((await place.history(id)).every((message) => message['status'] === 'interrupted')).toBe(true);
  await place.must('send', id, 'say after');
  await place.expectNothingLeft();
});

test('SIGINT while the message is awaited on stdin ends it, with nothing stored', async () => {
  const place = new Place();
  const id = await place.newSession();
  const running = place.start(['send', id], { stdin: 'open' });
  await sleep(1_500);
  running.kill('SIGINT');
  const { code, stdout } = await running.ended;
  expect({ code, stdout }).toEqual({ code: 130, stdout: '' });
  expect(await place.history(id)).toEqual([]);
});
