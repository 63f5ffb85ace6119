import { existsSync } from 'node:fs';
import { expect, it, vi } from 'vitest';
import { isAlive, selfOwner } from '../../../src/system/owner.ts';
import { cancelTurns } from '../../../src/turns/cancel.ts';
import { deadOwner, ELSEWHERE, makeHome, NOW, startSleeper, until } from '../../support/settling.ts';
import { line } from '../../support/turn-log.ts';
import { turnEnd } from '../../support/store-model.ts';

const CANCELLED = {
  status: 'interrupted',
  errorCode: 'INTERRUPTED',
  errorMessage: 'The turn was cancelled.',
};
/** How long a turn's owner has to end it. */
const OWNER_MS = 15_000;

it('a turn of another host is left to its owner for a time, and is ended then', async () => {
  const { services, session, store, paths, addTurn } = await makeHome();
  const turn = await addTurn(ELSEWHERE);
  const look = vi.spyOn(store.turns, 'find');
  const cancelled = cancelTurns(services, session);
  await until(() => existsSync(paths.cancelMark(session.id, turn.id)));
  vi.setSystemTime(NOW + OWNER_MS - 1);
  const looked = look.mock.calls.length;
  await until(() => look.mock.calls.length > looked + 1);
  expect(await store.turns.open()).toHaveLength(1);
  vi.setSystemTime(NOW + OWNER_MS);
  expect((await cancelled).map(({ id }) => id)).toEqual([turn.id]);
  expect(await store.turns.find(turn.id)).toMatchObject(CANCELLED);
  expect(existsSync(paths.sessionRun(session.id))).toBe(false);
});

it('is left when its signal is aborted, and the turn is its owner’s to end', async () => {
  const { services, session, store, paths, addTurn } = await makeHome();
  const turn = await addTurn(ELSEWHERE);
  const abort = new AbortController();
  const cancelled = cancelTurns(services, session, abort.signal);
  await until(() => existsSync(paths.cancelMark(session.id, turn.id)));
  abort.abort(new Error('aborted'));
  await expect(cancelled).rejects.toThrow('aborted');
  expect(await store.turns.open()).toHaveLength(1);
});

it('a turn that its owner ends is as its owner ended it, and no mark of it stays', async () => {
  const { services, session, store, paths, addTurn } = await makeHome();
  const turn = await addTurn(ELSEWHERE);
  const cancelled = cancelTurns(services, session);
  await until(() => existsSync(paths.cancelMark(session.id, turn.id)));
  await store.turns.finish(turn.id, ELSEWHERE, turnEnd());
  await cancelled;
  expect(await store.turns.find(turn.id)).toMatchObject({ status: 'completed', owner: ELSEWHERE });
  expect(existsSync(paths.sessionRun(session.id))).toBe(false);
});

it('a turn whose owner is gone is ended at once, with its agent; what was said is kept', async () => {
  const { services, session, store, addTurn, writeTrace } = await makeHome();
  const agent = startSleeper();
  const turn = await addTurn(await deadOwner());
  writeTrace(turn, { owner: agent.owner }, [line.init(), line.started('u'), line.text('So far')]);
  await cancelTurns(services, session);
  expect(isAlive(agent.owner)).toBe(false);
  expect(await store.turns.find(turn.id)).toMatchObject(CANCELLED);
  const messages = await store.messages.list({ sessionId: session.id });
  expect(messages.map(({ content }) => content)).toEqual(['Hello', 'So far']);
});

it('queued turns are ended first, the newest before the others, whoever owns them', async () => {
  const { services, session, store, addTurn } = await makeHome();
  const ids = [];
  for (const owner of [await deadOwner(), ELSEWHERE, selfOwner()]) ids.push((await addTurn(owner)).id);
  const ended: number[] = [];
  const finish = store.turns.finish;
  vi.spyOn(store.turns, 'finish').mockImplementation((id, ...rest) => (ended.push(id), finish(id, ...rest)));
  expect((await cancelTurns(services, session)).map(({ id }) => id)).toEqual(ids.toReversed());
  expect(ended).toEqual(ids.toReversed());
  for (const id of ids) expect(await store.turns.find(id)).toMatchObject(CANCELLED);
});
