import type { Mode, Session } from '../model/model.ts';
import type { Author } from '../model/session-change.ts';
import { requirePower } from '../turns/power.ts';
import type { Services } from '../turns/services.ts';
import { requireThere } from './change.ts';
import { closeIdleWarm } from '../turns/warm.ts';

/**
 * Switches a session's mode from its next turn on, and records who did it, when, and the mode before.
 *
 * An agent gets its permissions only at its start. A running turn keeps them. An idle warm agent is stopped.
 */
export async function switchMode(
  services: Services,
  session: Session,
  to: Mode,
  author: Author,
): Promise<void> {
  if (session.mode === to) return;
  requirePower(to, services.settings);
  requireThere(session.id, await services.store.sessions.change(session.id, { mode: to }, author));
  await closeIdleWarm(services, session);
}
