import type { Mode, Session } from '../model/model.ts';
import type { Author } from '../model/session-change.ts';
import { requirePower } from '../turns/power.ts';
import type { Services } from '../turns/services.ts';
import { requireThere } from './change.ts';
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
  author: Author,
): Promise<boolean> {
  if (session.mode === to) return false;
  requirePower(to, services.settings);
  await stopSession(services, session);
  requireThere(session.id, await services.store.sessions.change(session.id, { mode: to }, author));
  return true;
}
