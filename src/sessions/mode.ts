import type { Mode, Session } from '../model/model.ts';
import { requirePower } from '../turns/power.ts';
import type { Services } from '../turns/services.ts';
import { stopSession } from './stop-session.ts';

/**
 * Switches a session's mode and records who did it, when, and from what.
 *
 * The agent knows its permissions from its start only, so a running turn and a warm agent are stopped first.
 * False when the session is in that mode already.
 */
export async function switchMode(
  services: Services,
  session: Session,
  to: Mode,
  by: string,
): Promise<boolean> {
  if (session.mode === to) return false;
  requirePower(to, services.settings);
  await stopSession(services, session);
  await services.store.sessions.switchMode({
    sessionId: session.id,
    from: session.mode,
    to,
    by,
    at: Date.now(),
  });
  return true;
}
