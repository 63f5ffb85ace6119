import type { Session, Turn } from '../model/model.ts';
import type { Services } from '../turns/services.ts';
import { findCurrentTurn } from '../turns/watch.ts';
import { SessionError } from '../errors.ts';
import { count } from './options.ts';

export const TURN_OPTION = { turn: count('A turn by its id (default: the running one, else the last)') };

/** The turn of that id, or without one the current turn; undefined when there was none yet. Throws USAGE. */
export async function selectTurn(
  services: Services,
  session: Session,
  id: number | undefined,
): Promise<Turn | undefined> {
  if (id === undefined) return await findCurrentTurn(services, session);
  const turn = await services.store.turns.find(id);
  if (turn?.sessionId === session.id) return turn;
  throw new SessionError('USAGE', `Session ${session.id} has no turn ${id}.`);
}
