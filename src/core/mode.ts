import { SessionError } from '../errors.ts';
import type { Settings } from '../settings/schema.ts';
import type { Mode, Session } from './model.ts';
import type { Services } from './services.ts';

/** Throws POWER_FORBIDDEN where the settings don't allow power mode. */
export function requirePower(mode: Mode, settings: Pick<Settings, 'allowPower'>): void {
  if (mode !== 'power' || settings.allowPower) return;
  throw new SessionError('POWER_FORBIDDEN', 'Power mode is forbidden here.', {
    hint: 'The setting allowPower or the environment variable CLAUDE_SESSION_ALLOW_POWER forbids it.',
  });
}

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
  const { stopSession } = await import('./stop-session.ts');
  await stopSession(services, session);
  await services.store.switchMode({ sessionId: session.id, from: session.mode, to, by, at: Date.now() });
  return true;
}
