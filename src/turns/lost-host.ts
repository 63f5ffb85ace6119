import { SessionError } from '../errors.ts';
import type { TurnOutput } from '../model/records.ts';
import type { ProgressCounter } from './progress.ts';
import type { Services } from './services.ts';

/** The rest of a turn whose host was lost, from the store after it has ended. */
export async function* finishLostTurn(
  services: Services,
  turnId: number,
  told: ProgressCounter,
): AsyncGenerator<TurnOutput[]> {
  const { store } = services;
  const { waitForEnd } = await import('./watch.ts');
  const { readRest, buildStoredEnd, readStoredTurn } = await import('./stored-turn.ts');
  const turn = await store.turns.find(turnId);
  const session = turn && (await store.sessions.find(turn.sessionId));
  const end = session && (await waitForEnd(services, session, turnId, new AbortController().signal));
  if (session === undefined || end === undefined)
    throw new SessionError('NO_SESSION', `Turn ${turnId} was removed meanwhile.`);
  if (!told.hasStarted) return yield* readStoredTurn(store, session, end);
  if (end.limits.redact === undefined) yield* readRest(store, end, told);
  yield await buildStoredEnd(store, end);
  return undefined;
}

export function lostHost(sessionId: string): SessionError {
  return new SessionError('AGENT_FAILED', `The host of the warm agent of session ${sessionId} was lost.`, {
    hint: `See what is stored with "session history ${sessionId}".`,
  });
}
