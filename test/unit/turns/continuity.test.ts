import { expect, it } from 'vitest';
import { chooseRoute } from '../../../src/turns/continuity.ts';
import { openStore } from '../../../src/store/sqlite/open.ts';
import { newSession, newTurn } from '../../support/store-model.ts';
import { makeDirectory } from '../../support/store-program.ts';

it('begins anew for the first turn, whoever waits behind it, and replays to the next where the agent confirmed nothing', async () => {
  const store = await openStore(`${makeDirectory()}/sessions.sqlite`, { access: 'write' });
  const session = newSession();
  await store.sessions.insert(session);
  const { turn: first } = await store.turns.enqueue(newTurn(session.id));
  const { turn: second } = await store.turns.enqueue(newTurn(session.id));
  const now = (await store.sessions.find(session.id))!;
  expect(now.turnCount).toBe(2);
  expect(await chooseRoute(store, now, first)).toMatchObject({ continuity: 'new', sinceTurn: first.id });
  expect(await chooseRoute(store, now, second)).toMatchObject({ continuity: 'replay', sinceTurn: second.id });
  const known = { ...now, agentSessionId: 'a', agentSinceTurn: first.id };
  expect(await chooseRoute(store, known, second)).toMatchObject({
    continuity: 'resume',
    sinceTurn: first.id,
  });
  await store.close();
});
