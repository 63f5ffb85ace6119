import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { isAlive, selfOwner } from '../../../src/system/owner.ts';
import { isSettleable, settleTurn } from '../../../src/turns/settle.ts';
import { deadOwner, ELSEWHERE, makeHome, NOW, startSleeper } from '../../support/settling.ts';
import { turnEnd } from '../../support/store-model.ts';
import { line } from '../../support/turn-log.ts';

/** The stall timeout of these turns and a minute. */
const UNVERIFIABLE_MS = 660_000;
const SAID = [line.init(), line.started('u'), line.text('Hello')];

it.each([
  [0, false],
  [UNVERIFIABLE_MS, false],
  [UNVERIFIABLE_MS + 1, true],
])('a turn of another host without a sign of life for %s ms is to be settled: %s', async (age, expected) => {
  const { services, addTurn } = await makeHome();
  expect(await isSettleable(services, await addTurn(ELSEWHERE, NOW - age))).toBe(expected);
});

it.each([
  ['its start', { startedAt: NOW }, 0],
  ['its log', {}, NOW],
])('%s is a sign of life of a turn of another host', async (_what, changes, modifiedAt) => {
  const { services, addTurn, writeTrace } = await makeHome();
  const turn = { ...(await addTurn(ELSEWHERE, 1)), startedAt: 1, ...changes };
  writeTrace(turn, {}, SAID, modifiedAt);
  expect(await isSettleable(services, turn)).toBe(false);
  expect(await isSettleable(services, { ...turn, owner: null })).toBe(true);
});

it('a queued turn of another host is given that time from when it was queued', async () => {
  const { services, addTurn } = await makeHome();
  await addTurn('me');
  const queued = await addTurn(ELSEWHERE, NOW - UNVERIFIABLE_MS);
  expect(queued).toMatchObject({ status: 'queued', startedAt: null });
  expect(await isSettleable(services, queued)).toBe(false);
  expect(await isSettleable(services, { ...queued, queuedAt: queued.queuedAt - 1 })).toBe(true);
});

it('a turn of another host that may ask is given the time of an answer too', async () => {
  const { services, addTurn } = await makeHome();
  const turn = await addTurn(ELSEWHERE, NOW - UNVERIFIABLE_MS - 1);
  const limits = { ...turn.limits, askTimeoutMs: 1 };
  expect(await isSettleable(services, { ...turn, limits })).toBe(false);
  expect(await isSettleable(services, { ...turn, limits: { ...limits, askTimeoutMs: 0 } })).toBe(true);
});

it('a turn of a living process is left alone, however old', async () => {
  const { services, session, store, addTurn } = await makeHome();
  const turn = await addTurn(selfOwner(), 1);
  expect(await isSettleable(services, turn)).toBe(false);
  expect(await settleTurn(services, session, turn)).toBe(false);
  expect(await store.turns.open()).toHaveLength(1);
});

it('a turn whose agent is at work stays open until the agent has answered', async () => {
  const { services, session, store, addTurn, writeTrace } = await makeHome();
  const agent = startSleeper();
  const turn = await addTurn(await deadOwner());
  writeTrace(turn, { owner: agent.owner }, SAID);
  expect(await isSettleable(services, turn)).toBe(false);
  expect(await settleTurn(services, session, turn)).toBe(false);
  expect(isAlive(agent.owner)).toBe(true);
  writeTrace(turn, { owner: agent.owner }, [...SAID, line.result()]);
  expect(await isSettleable(services, turn)).toBe(true);
  expect(await settleTurn(services, session, turn)).toBe(true);
  expect(isAlive(agent.owner)).toBe(false);
  expect(await store.turns.find(turn.id)).toMatchObject({ status: 'completed' });
});

it('an agent of another host does not keep a turn open whose owner is gone', async () => {
  const { services, addTurn, writeTrace } = await makeHome();
  const turn = await addTurn(await deadOwner());
  writeTrace(turn, { owner: ELSEWHERE }, SAID);
  expect(await isSettleable(services, turn)).toBe(true);
});

it('a turn that another process adopted first is left to it, with its agent and files', async () => {
  const { services, session, store, paths, addTurn, writeTrace } = await makeHome();
  const agent = startSleeper();
  const turn = await addTurn(await deadOwner());
  writeTrace(turn, { owner: agent.owner }, [...SAID, line.result()]);
  await store.turns.adopt(turn.id, turn.owner, 'the other');
  expect(await settleTurn(services, session, turn)).toBe(false);
  expect(isAlive(agent.owner)).toBe(true);
  expect(existsSync(paths.turnLog(session.id, turn.id))).toBe(true);
  expect(await store.turns.find(turn.id)).toMatchObject({ owner: 'the other', endedAt: null });
});

it('a turn that was started after it was looked at ends as one that ran', async () => {
  const { services, session, store, paths, addTurn } = await makeHome();
  const before = await addTurn('me');
  const seen = await addTurn(await deadOwner(), NOW - 9_000);
  await store.turns.finish(before.id, 'me', turnEnd());
  expect(await store.turns.start(seen.id, seen.owner!, NOW - 1_000)).toBe(true);
  mkdirSync(paths.sessionRun(session.id), { recursive: true });
  writeFileSync(paths.systemPrompt(session.id), 'prompt');
  expect(await settleTurn(services, session, seen)).toBe(true);
  expect(existsSync(paths.systemPrompt(session.id))).toBe(false);
  expect(await store.turns.find(seen.id)).toMatchObject({ durationMs: 1_000 });
});

it('a queued turn leaves the files of the turn before it, a running one does not', async () => {
  const { services, session, store, paths, addTurn } = await makeHome();
  mkdirSync(paths.sessionRun(session.id), { recursive: true });
  writeFileSync(paths.systemPrompt(session.id), 'prompt');
  const running = await addTurn(await deadOwner(), NOW - 9_000);
  const queued = await addTurn(running.owner!, NOW - 9_000);
  expect(await settleTurn(services, session, queued)).toBe(true);
  expect(existsSync(paths.systemPrompt(session.id))).toBe(true);
  expect(await settleTurn(services, session, running)).toBe(true);
  expect(existsSync(paths.systemPrompt(session.id))).toBe(false);
  expect(await store.turns.open()).toEqual([]);
});

it('a turn whose agent is lost while somebody watches ends as one whose owner was lost', async () => {
  const { services, session, store, addTurn, writeTrace } = await makeHome();
  const agent = startSleeper();
  const turn = await addTurn(await deadOwner());
  writeTrace(turn, { owner: agent.owner }, SAID);
  const settled = settleTurn(services, session, turn, new AbortController().signal);
  await expect.poll(async () => (await store.turns.find(turn.id))?.owner).toBe(selfOwner());
  await agent.end();
  expect(await settled).toBe(true);
  expect(await store.turns.find(turn.id)).toMatchObject({ status: 'interrupted', errorCode: 'INTERRUPTED' });
});

it('who stops watching leaves the turn and its agent as they are', async () => {
  const { services, session, store, addTurn, writeTrace } = await makeHome();
  const agent = startSleeper();
  const turn = await addTurn(await deadOwner());
  writeTrace(turn, { owner: agent.owner }, SAID);
  const leave = new AbortController();
  const settled = settleTurn(services, session, turn, leave.signal);
  await expect.poll(async () => (await store.turns.find(turn.id))?.owner).toBe(selfOwner());
  leave.abort();
  expect(await settled).toBe(false);
  expect(isAlive(agent.owner)).toBe(true);
  expect(await store.turns.open()).toHaveLength(1);
});
