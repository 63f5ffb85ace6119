import { expect, it } from 'vitest';
import { describeFault, finishTurn } from '../../../src/turns/finish.ts';
import type { Built } from '../../../src/turns/turn-end.ts';
import { SessionError } from '../../../src/errors.ts';
import { withStore } from '../../support/conversations.ts';
import { newSession, newTurn, turnEnd } from '../../support/store-model.ts';
import { makeScratch } from '../../support/turn-log.ts';

const fault = (): never => {
  throw new RangeError('Maximum call stack size exceeded');
};
function* cut(): Generator<string> {
  yield 'begun';
  fault();
}

it.each([
  ['be worked out', fault],
  [
    'be written',
    (): Built => ({ end: turnEnd({ answer: cut() }), failure: null, output: null, answer: undefined }),
  ],
])('a turn whose end cannot %s ends as failed, without an answer', async (_what, build) => {
  await withStore(`${makeScratch()}/sessions.sqlite`, async (store) => {
    const session = newSession();
    await store.sessions.insert(session);
    const { turn } = await store.turns.enqueue(newTurn(session.id));
    const { isStored, failure } = await finishTurn(store, turn, turn.owner!, build);
    expect([isStored, failure?.code]).toEqual([true, 'INTERNAL']);
    expect(await store.turns.find(turn.id)).toMatchObject({
      status: 'failed',
      errorCode: 'INTERNAL',
      errorMessage: 'Internal error: RangeError: Maximum call stack size exceeded',
    });
    expect(await store.turns.open(session.id)).toEqual([]);
    expect(await store.messages.list({ sessionId: session.id })).toHaveLength(1);
  });
});

it('tells what is no fault of ours as it is', () => {
  const full = new SessionError('STORE_FULL', 'The disk is full.');
  expect(() => describeFault(full)).toThrow(full);
});
