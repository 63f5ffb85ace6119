import { SessionError } from '../errors.ts';
import type { Store } from '../store/store.ts';
import { newSessionId } from '../system/random-ids.ts';
import type { Session } from '../model/model.ts';

/** The options of a fork. */
export interface ForkRequest {
  name: string | null;
  /** The last message of the fork; undefined for all ended turns. */
  atMessage: number | undefined;
}

/**
 * Creates a session with the history of another one, up to a message. After that both are independent.
 *
 * Its first turn lets the agent fork its conversation, when that has exactly this history. Else the history is
 * replayed. Throws USAGE when the session has no such message, or when the name is in use.
 */
export async function forkSession(store: Store, origin: Session, request: ForkRequest): Promise<Session> {
  const { atMessage, name } = request;
  const open = await store.turns.open(origin.id);
  const [last] = (await store.turns.last(origin.id, open.length + 1)).filter(
    ({ endedAt }) => endedAt !== null,
  );
  const end = atMessage ?? (last === undefined ? 0 : 2 * last.id + 1);
  if (atMessage !== undefined) await checkMessage(store, origin, atMessage);
  const id = newSessionId();
  await store.transfer.beginFork(origin.id, { id, name, createdAt: Date.now() });
  for (let turn: number | undefined = 0; turn !== undefined;)
    turn = await store.transfer.copyTurns({ from: origin.id, to: id, afterTurn: turn, untilMessage: end });
  const isWhole = last !== undefined && open.length === 0 && end === 2 * last.id + 1;
  const isNative = isWhole && origin.agentSessionId !== null;
  await store.transfer.endFork(id, {
    name,
    at: Date.now(),
    begin: isNative
      ? {
          sessionId: origin.id,
          turnId: last.id,
          agentSessionId: origin.agentSessionId!,
          since: origin.agentSinceTurn ?? 0,
        }
      : null,
  });
  return (await store.sessions.find(id))!;
}

/** Removes the agent conversation that a fork would copy, when the original session has continued since. */
export async function dropStaleFork(store: Store, session: Session): Promise<Session> {
  const { fork, agentSessionId } = session;
  if (fork === null || agentSessionId !== null) return session;
  const origin = await store.sessions.find(fork.sessionId);
  const [last] = await store.turns.last(fork.sessionId, 1);
  const isFresh = last?.id === fork.turnId && origin?.agentSessionId === fork.agentSessionId;
  return isFresh ? session : { ...session, fork: null };
}

async function checkMessage(store: Store, { id: sessionId }: Session, id: number): Promise<void> {
  const found = await store.messages.list({ sessionId, after: id - 1, before: id + 1 });
  if (found.length > 0) return;
  throw new SessionError('USAGE', `Session ${sessionId} has no message ${id}.`, {
    hint: `See the ids with "session history ${sessionId} --json".`,
  });
}
