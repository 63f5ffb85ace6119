import { SessionError } from '../errors.ts';
import type { Settings } from '../settings/schema.ts';
import type { Mode } from '../model/model.ts';

/** Throws POWER_FORBIDDEN when the settings don't allow power mode. */
export function requirePower(mode: Mode, settings: Pick<Settings, 'allowPower'>): void {
  if (mode !== 'power' || settings.allowPower) return;
  throw new SessionError('POWER_FORBIDDEN', 'Power mode is forbidden here.', {
    hint: 'The setting allowPower or the environment variable CLAUDE_SESSION_ALLOW_POWER forbids it.',
  });
}
