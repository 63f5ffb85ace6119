import { cancelTurns } from './cancel.ts';
import type { Session, Turn } from './model.ts';
import type { Services } from './services.ts';
import { closeWarm } from './warm.ts';

/** What was ended. */
export interface Stopped {
  turns: Turn[];
  wasWarm: boolean;
}

/** Ends whatever of a session runs: its turns, then its warm agent, and their files. */
export async function stopSession(services: Services, session: Session): Promise<Stopped> {
  const turns = await cancelTurns(services, session);
  return { turns, wasWarm: await closeWarm(services, session) };
}
