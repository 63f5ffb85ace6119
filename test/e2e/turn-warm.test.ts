import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { ownerOf } from '../../src/system/owner.ts';
import { chooseSteps, killAt, listSteps } from '../support/kill-points.ts';
import { isAlive } from '../support/mock-agent.ts';
import { expectNoProcess, kill, processesOf } from '../support/processes.ts';
import { Place, parseLines, until } from '../support/run.ts';
import { pidOf, sendWarm } from '../support/warm.ts';

function warmInfo(place: Place, id: string): string {
  return path.join(place.home, 'run', id, 'warm.json');
}

describe('a warm agent', () => {
  test('serves one turn after the other in one process, each with its own answer and cost', async () => {
    const place = new Place();
    const id = await place.newSession('--warm');
    const first = await sendWarm(place, id, 'usage 1 1 0.25\nsay one');
    expect(first).toMatchObject({ text: 'one', cost_usd: 0.25, start: { continuity: 'new' } });
    const agent = pidOf(place, 'mock-agent');
    for (const n of [2, 3]) {
      const next = await sendWarm(place, id, `usage 1 1 0.25\nsay answer ${n}`);
      expect(next).toMatchObject({ text: `answer ${n}`, cost_usd: 0.25, start: { continuity: 'warm' } });
    }
    expect(pidOf(place, 'mock-agent')).toBe(agent);
    expect(await place.show(id)).toMatchObject({
      state: 'warm',
      is_alive: true,
      turn_count: 3,
      cost_usd: 0.75,
    });
    await place.must('stop', id);
    expect(await place.show(id)).toMatchObject({ state: 'idle', is_alive: false });
    await place.expectNothingLeft();
  });

  test('goes on after a turn that was stopped, and after one that failed', async () => {
    const place = new Place();
    const id = await place.newSession();
    await sendWarm(place, id, 'say one');
    const agent = pidOf(place, 'mock-agent');
    const running = place.start(['send', id, 'say two\nhang', '--warm', '--ndjson']);
    await running.says('two');
    running.kill('SIGINT');
    expect((await running.ended).code).toBe(130);
    expect(parseLines((await running.ended).stdout).at(-1)).toMatchObject({
      type: 'done',
      text: 'two',
      status: 'interrupted',
    });
    expect((await place.run(['send', id, 'fail 400', '--warm'])).code).toBe(1);
    expect(await sendWarm(place, id, 'say three')).toMatchObject({
      text: 'three',
      start: { continuity: 'warm' },
    });
    expect(pidOf(place, 'mock-agent')).toBe(agent);
    await place.must('stop', '--all');
    await place.expectNothingLeft();
  });

  test('that does not give a turn up is ended with it', async () => {
    const place = new Place();
    const id = await place.newSession();
    await sendWarm(place, id, 'say one');
    const running = place.start(['send', id, 'ignore\nsay two\nhang', '--warm', '--ndjson']);
    await running.says('two');
    running.kill('SIGTERM');
    expect((await running.ended).code).toBe(143);
    await until(() => processesOf(place.home).length === 0);
    expect(await sendWarm(place, id, 'say three')).toMatchObject({
      text: 'three',
      start: { continuity: 'resume' },
    });
    await place.must('stop', id);
    await place.expectNothingLeft();
  });

  test('ends when it is idle for --idle', async () => {
    const place = new Place();
    const id = await place.newSession();
    await sendWarm(place, id, 'say one', ['--idle', '1s']);
    await place.expectNothingLeft();
    expect(await sendWarm(place, id, 'say two', ['--idle', '1s'])).toMatchObject({
      text: 'two',
      start: { continuity: 'resume' },
    });
    await place.expectNothingLeft();
  });

  test('ends when the mode is switched, and the next turn has the new mode', async () => {
    const place = new Place();
    const id = await place.newSession();
    await sendWarm(place, id, 'say one');
    const agent = pidOf(place, 'mock-agent');
    await place.must('mode', id, 'power');
    expect(isAlive(agent)).toBe(false);
    const next = await sendWarm(place, id, 'bash echo allowed');
    expect(next).toMatchObject({ text: 'allowed', permission_denials: [], start: { mode: 'power' } });
    await place.must('stop', id);
    await place.expectNothingLeft();
  });

  test('ends no turn when the study is switched, and the next turn has the new study', async () => {
    const place = new Place();
    mkdirSync(path.join(place.root, 'studies', 'wing'), { recursive: true });
    const id = await place.newSession();
    const running = place.start(['send', id, 'say one\nsleep 8s\nsay two', '--warm', '--ndjson']);
    await running.says('one');
    await place.must('study', id, 'wing');
    expect(parseLines((await running.ended).stdout).at(-1)).toMatchObject({
      status: 'completed',
      text: 'one\ntwo',
    });
    expect(await sendWarm(place, id, 'say three')).toMatchObject({ start: { study: 'wing' } });
    await place.must('stop', id);
    await place.expectNothingLeft();
  });

  test('ends for a cold turn', async () => {
    const place = new Place();
    const id = await place.newSession('--warm');
    await sendWarm(place, id, 'say one');
    expect(await place.must('send', id, 'recall', '--cold')).toContain('say one');
    await place.expectNothingLeft();
  });

  test('answers those that wait in order, and a slow reader gets all of a long answer', async () => {
    const place = new Place();
    const id = await place.newSession();
    await sendWarm(place, id, 'say one');
    const slow = place.start(['send', id, 'emit 4MB', '--warm', '--ndjson']);
    await slow.says('"start"');
    const second = place.start(['send', id, 'say second', '--warm']);
    slow.child.stdout!.on('data', () => {
      slow.child.stdout!.pause();
      setTimeout(() => slow.child.stdout!.resume(), 15);
    });
    const { stdout } = await slow.ended;
    expect(parseLines(stdout).at(-1)!['text']).toHaveLength(4_000_000);
    expect((await second.ended).stdout).toBe('second\n');
    await place.must('stop', id);
    await place.expectNothingLeft();
  });
});

describe('after SIGKILL', () => {
  test('of the client in mid-turn the agent goes on, and the next command stores the whole answer', async () => {
    const place = new Place();
    const id = await place.newSession();
    await sendWarm(place, id, 'say one');
    const running = place.start(['send', id, 'say begun\nsleep 500ms\nsay ended', '--warm', '--ndjson']);
    await running.says('begun');
    running.kill('SIGKILL');
    expect(await sendWarm(place, id, 'say next')).toMatchObject({
      text: 'next',
      start: { continuity: 'warm' },
    });
    const contents = (await place.history(id)).map(({ content }) => content);
    expect(contents.slice(2)).toEqual([
      'say begun\nsleep 500ms\nsay ended',
      'begun\nended',
      'say next',
      'next',
    ]);
    await place.must('stop', id);
    await place.expectNothingLeft();
  });

  test('of the host a new one is started, which resumes; nothing of the old one is left', async () => {
    const place = new Place();
    const id = await place.newSession();
    await sendWarm(place, id, 'say one');
    kill(pidOf(place, 'warm-host'), 'SIGKILL');
    expect(await sendWarm(place, id, 'recall')).toMatchObject({
      text: 'say one',
      start: { continuity: 'resume' },
    });
    await place.must('stop', id);
    await place.expectNothingLeft();
  });

  test('of the host in mid-turn the turn ends with what was said, or with its whole answer', async () => {
    const place = new Place();
    const id = await place.newSession();
    await sendWarm(place, id, 'say one');
    const running = place.start(['send', id, 'say begun\nsleep 500ms\nsay ended', '--warm', '--ndjson']);
    await running.says('begun');
    kill(pidOf(place, 'warm-host'), 'SIGKILL');
    const { code, stdout } = await running.ended;
    expect([0, 1]).toContain(code);
    expect(parseLines(stdout).at(-1)!['text']).toBe(code === 0 ? 'begun\nended' : 'begun');
    await place.must('send', id, 'say next');
    await place.expectNothingLeft();
  });

  test('of host and agent a cold turn leaves nothing of theirs', async () => {
    const place = new Place();
    const id = await place.newSession();
    await sendWarm(place, id, 'say one');
    for (const { pid } of processesOf(place.home)) kill(pid, 'SIGKILL');
    expect(existsSync(warmInfo(place, id))).toBe(true);
    expect(await place.must('send', id, 'recall')).toBe('say one\n');
    await place.expectNothingLeft();
  });

  test('of the host, an agent that does not leave by itself is ended by stop, and its files go', async () => {
    const place = new Place();
    const id = await place.newSession();
    await sendWarm(place, id, 'ignore\nsay one');
    const agent = pidOf(place, 'mock-agent');
    kill(pidOf(place, 'warm-host'), 'SIGKILL');
    await sleep(200);
    expect(isAlive(agent)).toBe(true);
    await place.must('stop', id);
    expect(isAlive(agent)).toBe(false);
    await place.expectNothingLeft();
  });

  test('of a client whose host has taken the message, the turn goes on', async () => {
    const place = new Place();
    const id = await place.newSession();
    await sendWarm(place, id, 'say warm');
    const steps = await listSteps(place, ['send', id, 'say listed', '--warm', '--ndjson']);
    expect(steps.some((step) => step === 'connect stream')).toBe(true);
    const running = place.start(['send', id, 'sleep 500ms\nsay taken', '--warm', '--ndjson']);
    await running.says('"start"');
    running.kill('SIGKILL');
    await place.must('wait', id);
    expect((await place.history(id)).at(-1)).toMatchObject({ content: 'taken', status: 'completed' });
    await place.must('stop', id);
    await place.expectNothingLeft();
  });

  test('of a client at any step, the next turn has its own answer', { timeout: 900_000 }, async () => {
    const place = new Place();
    const first = await place.newSession();
    await sendWarm(place, first, 'say warm');
    const steps = await listSteps(place, ['send', first, 'say listed', '--warm', '--ndjson']);
    await place.must('stop', first);
    const found: string[] = [];
    for (const step of chooseSteps(steps, 15)) {
      const id = await place.newSession();
      await sendWarm(place, id, 'say warm');
      await place.run(['send', id, 'stream 20ms one two three', '--warm', '--ndjson'], killAt(step));
      const { code, stdout } = await place.run(['send', id, 'say next', '--warm', '--wait', '20s']);
      const messages = await place.history(id);
      const answers = messages.flatMap(({ role, content }) => (role === 'assistant' ? [content] : []));
      const known = [
        ['warm', 'next'],
        ['warm', 'one two three', 'next'],
      ].map(String);
      if (code !== 0 || stdout !== 'next\n' || !known.includes(String(answers)))
        found.push(
          `killed in front of step ${step} (${steps[step - 1]}): ${code} ${JSON.stringify(messages)}`,
        );
      await place.must('stop', id);
    }
    expect(found).toEqual([]);
    await place.expectNothingLeft();
  });
});

describe('what is stale', () => {
  test('an info file that names pids of others is no agent, and they are left alone', async () => {
    const place = new Place();
    const id = await place.newSession();
    await sendWarm(place, id, 'say one');
    const text = readFileSync(warmInfo(place, id), 'utf8');
    for (const { pid } of processesOf(place.home)) kill(pid, 'SIGKILL');
    await expectNoProcess(place.home);
    const forged = ownerOf(process.pid).replace(/\.\d+@/, '.17@');
    const info = JSON.parse(text) as object;
    writeFileSync(warmInfo(place, id), JSON.stringify({ ...info, hostOwner: forged, agentOwner: forged }));
    expect(await place.show(id)).toMatchObject({ state: 'idle', is_alive: false });
    expect(await sendWarm(place, id, 'recall')).toMatchObject({
      text: 'say one',
      start: { continuity: 'resume' },
    });
    await place.must('stop', id);
    await place.expectNothingLeft();
  });

  test('an info file that is damaged, and a socket that nobody listens on', async () => {
    const place = new Place();
    const id = await place.newSession();
    await sendWarm(place, id, 'say one');
    for (const { pid } of processesOf(place.home)) kill(pid, 'SIGKILL');
    await expectNoProcess(place.home);
    writeFileSync(warmInfo(place, id), '{"hostOw');
    expect(await sendWarm(place, id, 'say two')).toMatchObject({ text: 'two' });
    await place.must('stop', id);
    await place.expectNothingLeft();
  });
});

test("homes with paths too long for a socket do not get in each other's way", async () => {
  const long = `${'deep-'.repeat(20)}/${'down-'.repeat(20)}`;
  const places = [new Place(`${long}/a`), new Place(`${long}/b`)];
  for (const [at, place] of places.entries()) {
    const id = await place.newSession('--name', 'same');
    await sendWarm(place, id, `say home ${at}`);
    expect(await sendWarm(place, id, 'recall')).toMatchObject({
      text: `say home ${at}`,
      start: { continuity: 'warm' },
    });
  }
  for (const place of places) {
    expect((await place.run(['stop', '--all'])).code).toBe(0);
    await place.expectNothingLeft();
  }
});
