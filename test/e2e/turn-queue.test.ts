import { describe, expect, test } from 'vitest';
import { Place, parseLines, type Running, until } from '../support/run.ts';

const EIGHT = [1, 2, 3, 4, 5, 6, 7, 8];

/** A turn that is under way, and says `busy` before it waits for so long. */
async function startTurn(place: Place, id: string, script: string, ...flags: string[]): Promise<Running> {
  const running = place.start(['send', id, `say busy\n${script}`, '--ndjson', ...flags]);
  await running.says('busy');
  return running;
}

/** Waits until so many turns of a session wait for their turn. */
async function untilQueued(place: Place, id: string, count: number): Promise<void> {
  await until(async () => (await place.show(id))['turn_count'] === count);
}

describe('one session', () => {
  test('eight sends at once are eight turns, in the order of their arrival, each with its own answer', async () => {
    const place = new Place();
    const id = await place.newSession();
    const sent = await Promise.all(
      EIGHT.map((n) => place.run(['send', id, `sleep 50ms\nsay answer ${n}`, '--ndjson'])),
    );
    for (const [at, { code, stdout }] of sent.entries()) {
      expect(code).toBe(0);
      expect(JSON.parse(stdout.trim().split('\n').at(-1)!)).toMatchObject({
        type: 'done',
        text: `answer ${at + 1}`,
      });
    }
    const messages = await place.history(id);
    expect(messages).toHaveLength(16);
    const asked = messages.filter(({ role }) => role === 'user');
    const answered = messages.filter(({ role }) => role === 'assistant');
    expect(asked.map(({ content }) => `answer ${content.at(-1)}`)).toEqual(
      answered.map(({ content }) => content),
    );
    const times = answered.map(({ created_at }) => Date.parse(created_at));
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    // Each turn resumed the one before it, so the agent remembers all of them in that order too.
    const recalled = await place.must('send', id, 'recall');
    expect(recalled.match(/answer \d/g)).toEqual(answered.map(({ content }) => content));
    await place.expectNothingLeft();
  });

  test('those that come later wait behind those that wait', async () => {
    const place = new Place();
    const id = await place.newSession();
    const first = await startTurn(place, id, 'sleep 60s');
    const later: Running[] = [];
    for (const n of [1, 2, 3]) {
      later.push(place.start(['send', id, `say later ${n}`]));
      await untilQueued(place, id, n + 1);
    }
    await place.must('send', await place.newSession(), 'say another session is free');
    first.kill('SIGINT');
    expect((await first.ended).code).toBe(130);
    for (const [at, running] of later.entries())
      expect((await running.ended).stdout).toBe(`later ${at + 1}\n`);
    const asked = (await place.history(id)).filter(({ role }) => role === 'user');
    expect(asked.slice(1).map(({ content }) => content)).toEqual([
      'say later 1',
      'say later 2',
      'say later 3',
    ]);
  });

  test('--no-wait fails with 6 and names the holder: its pid, since when, its first words', async () => {
    const place = new Place();
    const id = await place.newSession();
    const holder = await startTurn(place, id, 'sleep 60s');
    const startedAt = Date.now();
    const { code, stdout, stderr } = await place.run(['send', id, 'say me', '--no-wait']);
    expect({ code, stdout }).toEqual({ code: 6, stdout: '' });
    expect(stderr).toContain(`process ${holder.pid}`);
    expect(stderr).toContain('"say busy sleep 60s"');
    const [since = ''] = /\d{4}-\d\d-\d\dT[\d:.]+Z/.exec(stderr) ?? [];
    expect(Math.abs(Date.parse(since) - startedAt)).toBeLessThan(30_000);
    expect(stderr.split('\n').length).toBeLessThanOrEqual(3);
    expect((await place.show(id))['turn_count']).toBe(1);
    const record = await place.run(['send', id, 'say me', '--no-wait', '--ndjson']);
    expect(JSON.parse(record.stdout)).toMatchObject({ type: 'error', code: 'BUSY', exit_status: 6 });
  });

  test('a wait that runs out ends with 6, and nothing of the turn is stored', async () => {
    const place = new Place();
    const id = await place.newSession();
    await startTurn(place, id, 'sleep 60s');
    const { code, stderr } = await place.run(['send', id, 'say me', '--wait', '400ms']);
    expect(code).toBe(6);
    expect(stderr).toContain('is busy');
    const messages = await place.history(id);
    expect(messages.map(({ content }) => content)).not.toContain('say me');
    expect(await place.show(id)).toMatchObject({ turn_count: 1, message_count: 1 });
  });

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('%s ends a send that waits with %i, and nothing of it is stored', async (signal, code) => {
    const place = new Place();
    const id = await place.newSession();
    const holder = await startTurn(place, id, 'hang');
    const waiting = place.start(['send', id, 'say me']);
    await untilQueued(place, id, 2);
    waiting.kill(signal);
    expect(await waiting.ended).toMatchObject({ code, stdout: '' });
    holder.kill('SIGINT');
    expect((await holder.ended).code).toBe(130);
    expect((await place.history(id)).map(({ role }) => role)).toEqual(['user', 'assistant']);
    await place.expectNothingLeft();
  });

  test('a send behind a killed one waits for its agent, and stores its whole answer first', async () => {
    const place = new Place();
    const id = await place.newSession();
    const first = await startTurn(place, id, 'stream 100ms one two three four five six seven eight');
    const second = place.start(['send', id, 'say second']);
    await untilQueued(place, id, 2);
    first.kill('SIGKILL');
    expect(await second.ended).toMatchObject({ code: 0, stdout: 'second\n' });
    const messages = await place.history(id);
    expect(messages.map(({ status, content }) => [status, content])).toEqual([
      ['completed', expect.stringContaining('say busy')],
      ['completed', 'busyone two three four five six seven eight'],
      ['completed', 'say second'],
      ['completed', 'second'],
    ]);
    await place.expectNothingLeft();
  });

  test('a send that was killed while it waited does not hold up those behind it', async () => {
    const place = new Place();
    const id = await place.newSession();
    const holder = await startTurn(place, id, 'hang');
    const dead = place.start(['send', id, 'say dead']);
    await untilQueued(place, id, 2);
    const alive = place.start(['send', id, 'say alive']);
    await untilQueued(place, id, 3);
    dead.kill('SIGKILL');
    await dead.ended;
    holder.kill('SIGINT');
    expect((await holder.ended).code).toBe(130);
    expect(await alive.ended).toMatchObject({ code: 0, stdout: 'alive\n' });
    const asked = (await place.history(id)).filter(({ role }) => role === 'user');
    expect(asked.map(({ content, status }) => [content, status]).slice(1)).toEqual([
      ['say dead', 'interrupted'],
      ['say alive', 'completed'],
    ]);
    await place.expectNothingLeft();
  });

  test('the death of a waiting send leaves the files of the running turn alone', async () => {
    const place = new Place();
    const id = await place.newSession();
    const holder = await startTurn(place, id, 'sleep 6s\ncontext');
    const dead = place.start(['send', id, 'say dead']);
    await untilQueued(place, id, 2);
    dead.kill('SIGKILL');
    await dead.ended;
    await place.history(id);
    expect(place.runFiles()).toContain(`${id}/system-prompt.md`);
    expect((await holder.ended).code).toBe(0);
  });
});

test('eight sends to eight sessions run at the same time', async () => {
  const place = new Place();
  const ids = await Promise.all(EIGHT.map(() => place.newSession()));
  const running = ids.map((id) => place.start(['send', id, 'say up\nsleep 60s', '--ndjson']));
  // None can end, so all of them say this only if none waits for another.
  await Promise.all(running.map((each) => each.says('"up"')));
  for (const each of running) each.kill('SIGINT');
  await Promise.all(running.map((each) => each.ended));
  await place.expectNothingLeft();
});

test.each(['--cold', '--warm'])(
  'a switch of the mode ends no turn: the running one goes on as it is, the next has the new mode (%s)',
  async (kind) => {
    const place = new Place();
    const id = await place.newSession();
    const running = await startTurn(place, id, 'sleep 3s\nbash touch x', kind);
    const waiting = place.start(['send', id, 'bash touch x\nsay allowed', kind, '--ndjson']);
    await untilQueued(place, id, 2);
    const switched = await place.run(['mode', id, 'power', '--json']);
    expect(JSON.parse(switched.stdout)).toMatchObject({ mode: 'power', state: 'running' });
    expect(switched.stderr).toContain('goes on in user mode');
    expect(parseLines((await running.ended).stdout).at(-1)).toMatchObject({
      status: 'completed',
      permission_denials: [{}],
    });
    const records = parseLines((await waiting.ended).stdout);
    expect(records[0]).toMatchObject({ type: 'start', mode: 'power' });
    expect(records.at(-1)).toMatchObject({ status: 'completed', text: 'allowed', permission_denials: [] });
    await place.must('stop', id);
    await place.expectNothingLeft();
  },
);
