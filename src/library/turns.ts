import { SessionError } from '../errors.ts';
import type { Session, Turn } from '../model/model.ts';
import type { TurnOutput } from '../model/records.ts';
import { exitStatusOf } from '../turns/done.ts';
import type { Services } from '../turns/services.ts';
import { findCurrentTurn, waitForEnd, watchTurn } from '../turns/watch.ts';
import type { Context } from './context.ts';

export { exitStatusOf };

/** Which turn of a session: by its id, else the running one, else the next one, else the last that ended. */
export interface TurnChoice {
  turnId?: number | undefined;
}

/**
 * Waits for a turn to end, wherever it runs; undefined when the session had none. Throws USAGE for an unknown turn.
 * When aborted, it throws TIMEOUT, and the turn continues.
 */
export async function waitForTurn(
  context: Context,
  selector: string,
  { turnId }: TurnChoice,
  signal: AbortSignal,
): Promise<Turn | undefined> {
  const { services, session, turn } = await selectTurn(context, selector, turnId);
  if (turn === undefined) return undefined;
  const ended = await waitForEnd(services, session, turn.id, signal);
  if (ended !== undefined) return ended;
  throw new SessionError('TIMEOUT', `Turn ${turn.id} of session ${session.id} is still going on.`);
}

/** The records of a turn, from its beginning or from now; undefined when the session had none. */
export async function openWatch(
  context: Context,
  selector: string,
  { turnId, fromNow = false }: TurnChoice & { fromNow?: boolean | undefined },
): Promise<{
  session: Session;
  watch: ((signal: AbortSignal) => AsyncGenerator<TurnOutput[]>) | undefined;
  /** Whether its answer has a schema. */
  isStructured: boolean;
}> {
  const { services, session, turn } = await selectTurn(context, selector, turnId);
  const watch = turn && ((signal: AbortSignal) => watchTurn(services, session, turn, fromNow, signal));
  return { session, watch, isStructured: turn?.limits.schema !== undefined };
}

async function selectTurn(
  context: Context,
  selector: string,
  id: number | undefined,
): Promise<{ services: Services; session: Session; turn: Turn | undefined }> {
  const session = await context.select(selector, 'write');
  const services = await context.services(session.root);
  if (id === undefined) return { services, session, turn: await findCurrentTurn(services, session) };
  const turn = await services.store.turns.find(id);
  if (turn?.sessionId === session.id) return { services, session, turn };
  throw new SessionError('USAGE', `Session ${session.id} has no turn ${id}.`);
}
