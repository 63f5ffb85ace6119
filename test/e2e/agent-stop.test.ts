import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { buildMark } from '../../src/agents/process/mark.ts';
import { buildInterruptLine } from '../../src/agents/claude/message.ts';
import { signalGroup, signalProcess, stopAgent } from '../../src/agents/process/stop.ts';
import { sweep } from '../../src/agents/process/sweep.ts';
import { isAlive, ownerOf, selfOwner } from '../../src/system/owner.ts';
import { living, startAgent, until } from '../support/agent-children.ts';

let lastSession = 0;

/** A mark that no other test carries. */
function newMark() {
  return { home: '/tmp/home', sessionId: `${process.pid}-${++lastSession}`, turnId: 7 };
}

describe('the ladder', () => {
  test('an agent that listens ends at the interrupt request', async () => {
    const agent = await startAgent(['ignore=SIGINT,SIGTERM', 'obey']);
    const interrupt = () => void agent.send(buildInterruptLine('stop'));
    expect(await stopAgent(agent, { interrupt })).toBe(true);
    expect(readFileSync(agent.logPath, 'utf8')).toBe('ready\ninterrupted\n');
    expect(await agent.exited).toEqual({ code: 0, signal: null });
  });

  test.each([
    ['SIGINT', [], 'SIGINT'],
    ['SIGTERM', ['ignore=SIGINT'], 'SIGTERM'],
    ['SIGKILL', ['ignore=SIGINT,SIGTERM'], 'SIGKILL'],
  ])('one that does not ends by %s', async (_, acts, signal) => {
    const agent = await startAgent(acts);
    expect(await stopAgent(agent, { graceMs: 600 })).toBe(true);
    expect(await agent.exited).toEqual({ code: null, signal });
    expect(isAlive(agent.owner)).toBe(false);
  });

  test('force goes straight to the end', async () => {
    const agent = await startAgent(['ignore=SIGINT,SIGTERM']);
    const started = Date.now();
    const force = AbortSignal.timeout(100);
    expect(await stopAgent(agent, { graceMs: 60_000, force })).toBe(true);
    expect(Date.now() - started).toBeLessThan(10_000);
  });

  test('what is left in the group goes too, even when the agent left by itself', async () => {
    const agent = await startAgent(['group=ignore=SIGINT,SIGTERM,SIGHUP', 'obey']);
    const interrupt = () => void agent.send(buildInterruptLine('stop'));
    expect(living(agent.descendants())).toHaveLength(1);
    await stopAgent(agent, { interrupt });
    expect((await agent.exited).code).toBe(0);
    await expect.poll(() => living(agent.descendants())).toEqual([]);
  });

  test('one that is known only by its identity is stopped as well', async () => {
    const agent = await startAgent(['ignore=SIGINT']);
    expect(await stopAgent({ owner: agent.owner }, { graceMs: 600 })).toBe(true);
    expect((await agent.exited).signal).toBe('SIGTERM');
  });

  test('one that is gone is no trouble', async () => {
    const agent = await startAgent(['leave']);
    agent.endInput();
    await agent.exited;
    expect(await stopAgent({ owner: agent.owner })).toBe(true);
  });

  test('a process that has the pid of a dead agent is not touched', async () => {
    const stranger = await startAgent(['echo']);
    const deadAgent = { owner: stranger.owner.replace(/\.\d+/, '.1') };
    expect(await stopAgent(deadAgent, { graceMs: 100 })).toBe(true);
    signalProcess(deadAgent, 'SIGKILL');
    signalGroup(deadAgent, 'SIGKILL');
    await stranger.send('still here\n');
    await until(() => readFileSync(stranger.logPath, 'utf8').includes('still here'));
  });

  test("another host's is left alone, and that is said", async () => {
    const stranger = await startAgent([]);
    const elsewhere = stranger.owner.replace(/@.*$/s, '@elsewhere');
    expect(await stopAgent({ owner: elsewhere }, { graceMs: 100 })).toBe(false);
    expect(isAlive(stranger.owner)).toBe(true);
  });

  test("a group whose leader is gone is left alone where the leader was another host's", async () => {
    const agent = await startAgent(['group=ignore=SIGINT,SIGTERM,SIGHUP', 'leave']);
    const [member] = living(agent.descendants());
    agent.endInput();
    await agent.exited;
    signalGroup({ owner: agent.owner.replace(/@.*$/s, '@elsewhere') }, 'SIGKILL');
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(living(agent.descendants())).toEqual([member]);
    signalGroup(agent, 'SIGKILL');
    await expect.poll(() => living(agent.descendants())).toEqual([]);
  });
});

describe('the sweep', () => {
  test('finds what left the group, however stubborn, and nothing else', async () => {
    const mark = newMark();
    const agent = await startAgent(['away=ignore=SIGTERM,SIGHUP', 'away='], buildMark(mark));
    const bystander = await startAgent([], buildMark({ ...mark, turnId: 70 }));
    const before = agent.descendants();
    await stopAgent(agent);
    expect(living(before)).toHaveLength(2);
    const ended = await sweep(mark);
    expect(ended.map(ownerPid).toSorted()).toEqual(before.map(pidIn).toSorted());
    expect(living(before)).toEqual([]);
    expect(isAlive(bystander.owner)).toBe(true);
  });

  test('ends what comes back as long as it comes back', async () => {
    const mark = newMark();
    const agent = await startAgent(['ignore=SIGTERM', 'again='], buildMark(mark));
    await sweep(mark);
    expect(isAlive(agent.owner)).toBe(false);
    expect(await sweep(mark)).toEqual([]);
    await expect.poll(() => living(agent.descendants())).toEqual([]);
  });

  test('without a turn it takes every turn of the session', async () => {
    const mark = newMark();
    const first = await startAgent([], buildMark(mark));
    const second = await startAgent([], buildMark({ ...mark, turnId: 8 }));
    const other = await startAgent([], buildMark({ ...mark, sessionId: `${mark.sessionId}0` }));
    await sweep({ home: mark.home, sessionId: mark.sessionId });
    expect(living([first.owner, second.owner, other.owner])).toEqual([other.owner]);
  });

  test('a mark is whole entries: no other turn whose number begins the same, no other home', async () => {
    const mark = newMark();
    const others = [
      await startAgent([], buildMark({ ...mark, turnId: 77 })),
      await startAgent([], buildMark({ ...mark, home: '/tmp/home2' })),
      await startAgent([], { ...buildMark({ ...mark, turnId: 8 }), X_CLAUDE_SESSION_TURN_ID: '7' }),
    ];
    expect(await sweep(mark)).toEqual([]);
    expect(living(others.map(({ owner }) => owner))).toHaveLength(3);
  });

  test('a mark deep in a large environment is seen', async () => {
    const mark = newMark();
    const filler = Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`FILL_${n}`, 'y'.repeat(9_000)]));
    const agent = await startAgent([], { ...filler, ...buildMark(mark) });
    expect(await sweep(mark)).toEqual([agent.pid]);
  });

  test('spares whom it is told to, and never ends itself', async () => {
    const mark = newMark();
    const agent = await startAgent([], buildMark(mark));
    expect(await sweep(mark, { except: [agent.pid] })).toEqual([]);
    expect(living([agent.owner, selfOwner()])).toHaveLength(2);
  });
});

function pidIn(owner: string): number {
  return Number(owner.split('.')[0]);
}

function ownerPid(pid: number): number {
  return pidIn(ownerOf(pid));
}
