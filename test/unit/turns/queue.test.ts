import { expect, it, vi } from 'vitest';
import { selfOwner } from '../../../src/system/owner.ts';
import { waitForTurn } from '../../../src/turns/queue.ts';
import { StopRequest } from '../../../src/turns/stop-request.ts';
import { deadOwner, ELSEWHERE, makeHome, NOW, until } from '../../support/settling.ts';
import { turnEnd } from '../../support/store-model.ts';

it('a queued turn starts at once when none is before it any more', async () => {
  const { services, session, store, notices, addTurn } = await makeHome();
  const before = await addTurn('me');
  const turn = await addTurn(selfOwner());
  await store.turns.finish(before.id, 'me', turnEnd());
  await waitForTurn(services, session, turn, 0, new StopRequest());
  expect(await store.turns.find(turn.id)).toMatchObject({ status: 'running', startedAt: NOW });
  expect(notices).toEqual([]);
});

it('a turn whose process is gone is settled, and the next one starts', async () => {
  const { services, session, store, addTurn } = await makeHome();
  const before = await addTurn(await deadOwner());
  const turn = await addTurn(selfOwner());
  await waitForTurn(services, session, turn, 1, new StopRequest());
  expect((await store.turns.open()).map(({ id }) => id)).toEqual([turn.id]);
  expect(await store.turns.find(before.id)).toMatchObject({ status: 'interrupted' });
});

it('a turn of another host is waited for until the time is up', async () => {
  const { services, session, store, notices, addTurn } = await makeHome();
  const before = await addTurn(ELSEWHERE);
  const turn = await addTurn(selfOwner());
  const look = vi.spyOn(store.turns, 'open');
  const waiting = waitForTurn(services, session, turn, 5, new StopRequest());
  const failed = expect(waiting).rejects.toMatchObject({
    code: 'BUSY',
    message: `Session ${session.id} is busy: process 7 on elsewhere holds it since ${new Date(NOW).toISOString()} with "Hello".`,
  });
  vi.setSystemTime(NOW + 4);
  const looked = look.mock.calls.length;
  await until(() => look.mock.calls.length > looked + 1);
  vi.setSystemTime(NOW + 5);
  await failed;
  expect(notices).toHaveLength(1);
  expect((await store.turns.open()).map(({ id, status }) => [id, status])).toEqual([
    [before.id, 'running'],
    [turn.id, 'queued'],
  ]);
});

it('who may not wait is told at once', async () => {
  const { services, session, addTurn } = await makeHome();
  await addTurn(ELSEWHERE);
  const turn = await addTurn(selfOwner());
  const refusal = waitForTurn(services, session, turn, 0, new StopRequest());
  await expect(refusal).rejects.toMatchObject({ code: 'BUSY', hint: expect.stringMatching(/^Wait for it/) });
});

it.each(['SIGINT', 'SIGTERM'] as const)('the wait ends at a %s', async (signal) => {
  const { services, session, store, addTurn } = await makeHome();
  await addTurn(ELSEWHERE);
  const turn = await addTurn(selfOwner());
  const stop = new StopRequest();
  stop.ask(signal);
  const code = signal === 'SIGINT' ? 'INTERRUPTED' : 'TERMINATED';
  await expect(waitForTurn(services, session, turn, 60_000, stop)).rejects.toMatchObject({ code });
  expect(await store.turns.open()).toHaveLength(2);
});

it('a turn that another process has ended is not waited for', async () => {
  const { services, session, store, addTurn } = await makeHome();
  await addTurn(ELSEWHERE);
  const turn = await addTurn(selfOwner());
  await store.turns.finish(turn.id, selfOwner(), turnEnd({ errorMessage: 'The turn was cancelled.' }));
  await expect(waitForTurn(services, session, turn, 60_000, new StopRequest())).rejects.toMatchObject({
    code: 'INTERRUPTED',
    message: 'The turn was cancelled.',
  });
});
