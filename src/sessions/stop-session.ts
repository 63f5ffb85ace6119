import { cancelTurns } from '../turns/cancel.ts';
import type { Session, Turn } from '../model/model.ts';
import type { Services } from '../turns/services.ts';
import { closeWarm } from '../turns/warm.ts';

/** What was stopped. */
export interface Stopped {
  turns: Turn[];
  wasWarm: boolean;
}

/**
 * Ends everything of a session that runs: its turns, then its warm agent, with their files. When aborted, it throws the
 * reason.
 */
export async function stopSession(
  services: Services,
  session: Session,
  signal?: AbortSignal,
): Promise<Stopped> {
  const turns = await cancelTurns(services, session, signal);
  signal?.throwIfAborted();
  return { turns, wasWarm: await closeWarm(services, session) };
}
