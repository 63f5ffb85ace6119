import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { kill, peakMemory } from '../support/processes.ts';
import { Place, until } from '../support/run.ts';
import { pidOf, pidsOf, sendWarm } from '../support/warm.ts';

const HOST_MOST_MIB = 160;

describe('a turn gets a new agent', () => {
  test.each([
    ['settings', ['permissions.user.allow', 'Read']],
    ['MCP servers', ['mcp.builtin', 'false']],
    ['system prompt', ['systemPrompt.text', 'Be brief.']],
  ])('when the %s changed, and keeps it while they do not', async (_what, setting) => {
    const place = new Place();
    const id = await place.newSession();
    await sendWarm(place, id, 'say one');
    expect((await sendWarm(place, id, 'say two')).start).toMatchObject({ continuity: 'warm' });
    await place.must('config', 'set', ...setting);
    expect((await sendWarm(place, id, 'say three')).start).toMatchObject({ continuity: 'resume' });
    expect((await sendWarm(place, id, 'say four')).start).toMatchObject({ continuity: 'warm' });
    pidOf(place, 'mock-agent');
    await place.must('stop', id);
    await place.expectNothingLeft();
  });

  test('when its environment changed, but not for what every shell has of its own', async () => {
    const place = new Place();
    const id = await place.newSession();
    await sendWarm(place, id, 'say one', [], { PROJECT_KEY: 'a', TERM: 'xterm', SHLVL: '1' });
    const same = await sendWarm(place, id, 'say two', [], { PROJECT_KEY: 'a', TERM: 'dumb', SHLVL: '2' });
    expect(same.start).toMatchObject({ continuity: 'warm' });
    const other = await sendWarm(place, id, 'say three', [], { PROJECT_KEY: 'b' });
    expect(other.start).toMatchObject({ continuity: 'resume' });
    await place.must('stop', id);
    await place.expectNothingLeft();
  });
});

test('clients that start a host at once share one, and are answered in their order', async () => {
  const place = new Place();
  const id = await place.newSession();
  const sends = Array.from({ length: 5 }, (_, n) => place.run(['send', id, `say answer ${n}`, '--warm']));
  const ends = await Promise.all(sends);
  expect(ends.map(({ code, stdout }) => [code, stdout])).toEqual(
    Array.from({ length: 5 }, (_, n) => [0, `answer ${n}\n`]),
  );
  const messages = await place.history(id);
  // Each question is followed by its own answer.
  for (let n = 0; n < messages.length; n += 2)
    expect(messages[n]!.content).toBe(`say ${messages[n + 1]!.content}`);
  expect(messages).toHaveLength(10);
  pidOf(place, 'warm-host');
  pidOf(place, 'mock-agent');
  await place.must('stop', id);
  await place.expectNothingLeft();
});

test('a host whose client is killed while it starts comes up all the same, and serves the next', async () => {
  const place = new Place();
  const id = await place.newSession();
  const preload = fileURLToPath(new URL('../support/die-after-spawn.cjs', import.meta.url));
  const killed = await place.run(['send', id, 'say lost', '--warm'], { node: ['--require', preload] });
  expect(killed.signal).toBe('SIGKILL');
  await until(() => place.runFiles().includes(`${id}/warm.json`));
  await sleep(500);
  pidOf(place, 'warm-host');
  expect(await sendWarm(place, id, 'say next')).toMatchObject({ text: 'next' });
  const states = (await place.history(id)).map(({ content, status }) => [content, status]);
  expect(states).toEqual([
    ['say next', 'completed'],
    ['next', 'completed'],
  ]);
  await place.must('stop', id);
  await place.expectNothingLeft();
});

test.each(['0s', '1ms'])('an agent that may be idle for %s serves its turn and leaves', async (idle) => {
  const place = new Place();
  const id = await place.newSession();
  for (const n of [1, 2, 3])
    expect(await sendWarm(place, id, `say ${n}`, ['--idle', idle])).toMatchObject({ text: String(n) });
  await place.expectNothingLeft();
});

test('a machine that slept finds its warm agents as they were', async () => {
  const place = new Place();
  const id = await place.newSession();
  await sendWarm(place, id, 'say one');
  const asleep = pidsOf(place, 'warm-host', 'mock-agent');
  expect(asleep).toHaveLength(2);
  for (const pid of asleep) kill(pid, 'SIGSTOP');
  const send = place.run(['send', id, 'say two', '--warm', '--json']);
  await sleep(1500);
  for (const pid of asleep) kill(pid, 'SIGCONT');
  const { code, stdout } = await send;
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ text: 'two', start: { continuity: 'warm' } });
  await place.must('stop', id);
  await place.expectNothingLeft();
});

test('a host that hangs is replaced, and nothing is left of it', { timeout: 60_000 }, async () => {
  const place = new Place();
  const id = await place.newSession();
  await sendWarm(place, id, 'say one');
  const hung = pidOf(place, 'warm-host');
  kill(hung, 'SIGSTOP');
  expect(await sendWarm(place, id, 'recall')).toMatchObject({
    text: 'say one',
    start: { continuity: 'resume' },
  });
  expect(pidOf(place, 'warm-host')).not.toBe(hung);
  await place.must('stop', id);
  await place.expectNothingLeft();
});

describe('while the clock of the machine', () => {
  function jump(place: Place, ms: number, idle: string): void {
    const clock = fileURLToPath(new URL('../support/jumping-clock.cjs', import.meta.url));
    Object.assign(place.env, {
      NODE_OPTIONS: `--require ${clock}`,
      CLOCK_JUMP_MS: String(ms),
      CLAUDE_SESSION_IDLE: idle,
    });
  }

  test('jumps ahead, a warm agent stays', async () => {
    const place = new Place();
    jump(place, 2 * 3_600_000, '20s');
    const id = await place.newSession();
    await sendWarm(place, id, 'say one');
    await sleep(3500);
    expect((await sendWarm(place, id, 'say two')).start).toMatchObject({ continuity: 'warm' });
    await place.must('stop', id);
    await place.expectNothingLeft();
  });

  test('jumps back, it ends when it is idle', async () => {
    const place = new Place();
    jump(place, -2 * 3_600_000, '2500ms');
    const id = await place.newSession();
    await sendWarm(place, id, 'say one');
    await place.expectNothingLeft();
  });
});

test(`a host takes less than ${HOST_MOST_MIB} MiB, whatever passes through its agent`, async () => {
  const place = new Place();
  const id = await place.newSession();
  await sendWarm(place, id, `say ${'long '.repeat(20_000)}`);
  await sendWarm(place, id, 'emit 20MB');
  const peak = peakMemory(pidOf(place, 'warm-host'));
  console.log(JSON.stringify({ hostMib: peak }));
  expect(peak).toBeGreaterThan(20);
  expect(peak).toBeLessThan(HOST_MOST_MIB);
  await place.must('stop', id);
  await place.expectNothingLeft();
});
