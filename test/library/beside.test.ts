import { describe, expect, it, vi } from 'vitest';
import { processesOf } from '../support/processes.ts';
import { Place } from '../support/run.ts';
import { gather, openSessions } from './support.ts';
import type { Sessions } from '../../src/index.ts';

/** A program and the command line in one home. */
async function openBoth(): Promise<{ place: Place; sessions: Sessions; id: string }> {
  const place = new Place();
  const sessions = await openSessions({ home: place.home, env: place.env, cwd: place.root });
  return { place, sessions, id: (await sessions.create()).id };
}

it('takes turns with the command line in one session, each in its order', async () => {
  const { place, sessions, id } = await openBoth();
  await using _ = sessions;
  const first = sessions.send(id, 'sleep 1s\nsay first');
  await first[Symbol.asyncIterator]().next();
  const second = place.start(['send', id, 'say second\nsleep 300ms', '--ndjson']);
  await second.says('"start"');
  const third = sessions.send(id, 'say third');
  const all = [(await first.result).text, (await second.ended).code, (await third.result).text];
  expect(all).toEqual(['first', 0, 'third']);
  const said = (await place.history(id)).filter(({ role }) => role === 'assistant');
  expect(said.map(({ content }) => content)).toEqual(['first', 'second', 'third']);
  expect((await gather(sessions.history(id))).length).toBe(6);
});

it('has its turn cancelled and watched by the command line', async () => {
  const { place, sessions, id } = await openBoth();
  await using _ = sessions;
  const turn = sessions.send(id, 'say begun\nsleep 60s');
  const reading = turn[Symbol.asyncIterator]();
  await reading.next();
  const watching = place.start(['watch', id, '--ndjson']);
  await watching.says('begun');
  await place.must('cancel', id);
  expect(await turn.result).toMatchObject({ status: 'interrupted', text: 'begun' });
  expect((await watching.ended).stdout).toContain('"done"');
});

it('watches, waits for and cancels what the command line sends', async () => {
  const { place, sessions, id } = await openBoth();
  await using _ = sessions;
  const sending = place.start(['send', id, 'say begun\nsleep 60s', '--ndjson']);
  await sending.says('begun');
  const watching = gather(sessions.watch(id));
  const waiting = sessions.wait(id);
  expect(await sessions.info(id)).toMatchObject({ state: 'running', is_alive: true });
  expect(await sessions.cancel(id)).toMatchObject([{ status: 'interrupted' }]);
  expect((await watching).at(-1)).toMatchObject({ type: 'done', status: 'interrupted' });
  expect(await waiting).toMatchObject({ status: 'interrupted' });
  expect((await sending.ended).code).toBe(130);
});

it('finishes the turn of a command line that was killed', async () => {
  const { place, sessions, id } = await openBoth();
  await using _ = sessions;
  const sending = place.start(['send', id, 'say begun\nsleep 1s\nsay ended', '--ndjson']);
  await sending.says('begun');
  sending.kill('SIGKILL');
  await sending.ended;
  expect((await sessions.send(id, 'say after').result).text).toBe('after');
  const said = (await gather(sessions.history(id))).filter(({ role }) => role === 'assistant');
  expect(said.map(({ content }) => content)).toEqual(['begun\nended', 'after']);
});

it('shares a warm agent with the command line', async () => {
  const { place, sessions } = await openBoth();
  await using _ = sessions;
  const { id } = await sessions.create({ warm: true });
  expect(await sessions.send(id, 'say one').result).toMatchObject({ status: 'completed', text: 'one' });
  expect(await sessions.info(id)).toMatchObject({ state: 'warm', is_alive: true });
  expect(await place.must('send', id, 'say two')).toBe('two\n');
  const [start] = await gather(sessions.send(id, 'say three'));
  expect(start).toMatchObject({ type: 'start', continuity: 'warm' });
  expect(await sessions.stop(id)).toEqual([{ session_id: id, turns: [], was_warm: true }]);
  await place.expectNothingLeft();
});

it('holds its warm agents itself: they end with it, and the command line can end them without it', async () => {
  const { place, sessions } = await openBoth();
  const { id } = await sessions.create({ warm: true });
  await sessions.send(id, 'say one').result;
  expect(processesOf(place.home).map(({ command }) => command)).toEqual([
    expect.stringContaining('mock-agent'),
  ]);
  expect(JSON.parse(await place.must('stop', id, '--json'))).toMatchObject([{ was_warm: true }]);
  await place.expectNothingLeft();
  expect(await sessions.send(id, 'say two').result).toMatchObject({ text: 'two' });
  await sessions.close();
  await place.expectNothingLeft();
});

it('leaves a warm agent behind where the turn is to outlive it', async () => {
  const { place, sessions } = await openBoth();
  const { id } = await sessions.create({ warm: true });
  const { turn_id } = await sessions.detach(id, 'sleep 500ms\nsay one');
  await sessions.close();
  expect(await place.must('wait', id, '--turn', String(turn_id), '--json')).toContain('"completed"');
  await place.must('stop', id);
  await place.expectNothingLeft();
});

describe('with eight processes of the command line in its session at once', () => {
  const EIGHT = Array.from({ length: 8 }, (_, n) => `command ${n}`);

  it('has each turn run once and alone, also those of a process that was killed', async () => {
    const { place, sessions, id } = await openBoth();
    await using _ = sessions;
    const first = place.start(['send', id, 'say first\nsleep 60s', '--ndjson']);
    await first.says('first');
    const commands = EIGHT.map((name) => place.start(['send', id, `say ${name}`, '-q']));
    const turns = ['program 0', 'program 1'].map((name) => sessions.send(id, `say ${name}`));
    await vi.waitFor(async () => expect((await sessions.info(id)).turn_count).toBe(11), 30_000);
    const agent = processesOf(place.home).find(({ command }) => command.includes('mock-agent'));
    first.kill('SIGKILL');
    await first.ended;
    process.kill(agent!.pid, 'SIGKILL');
    const ended = await Promise.all(commands.map((each) => each.ended));
    expect(ended.map(({ code, stdout }) => [code, stdout])).toEqual(EIGHT.map((name) => [0, `${name}\n`]));
    const told = await Promise.all(turns.map((turn) => turn.result));
    expect(told.map(({ text }) => text)).toEqual(['program 0', 'program 1']);
    const said = await gather(sessions.history(id));
    expect(said).toHaveLength(22);
    for (let n = 2; n < said.length; n += 2)
      expect([said[n]!.role, said[n]!.content]).toEqual(['user', `say ${said[n + 1]!.content}`]);
    await place.expectNothingLeft();
  });

  it('ends all of them by its cancel', async () => {
    const { place, sessions, id } = await openBoth();
    await using _ = sessions;
    const running = sessions.send(id, 'say first\nsleep 60s');
    await running[Symbol.asyncIterator]().next();
    const commands = EIGHT.map((name) => place.start(['send', id, `say ${name}`, '-q']));
    await vi.waitFor(async () => expect((await sessions.info(id)).turn_count).toBe(9), 30_000);
    expect(await sessions.cancel(id)).toHaveLength(9);
    const ended = await Promise.all(commands.map((each) => each.ended));
    expect(ended.map(({ code, stdout }) => [code, stdout])).toEqual(EIGHT.map(() => [130, '']));
    expect(await running.result).toMatchObject({ status: 'interrupted', text: 'first' });
    expect(await sessions.send(id, 'say after').result).toMatchObject({ text: 'after' });
    await place.expectNothingLeft();
  });
});
