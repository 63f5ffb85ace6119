/**
 * Every setting, once. Validation, JSON Schema, types, environment names, what a project file may say and the listing in
 * `session config list` all come from these tables; reading them costs nothing at start-up.
 */
import { SESSION_KEYS } from './session-keys.ts';
import { TURN_KEYS } from './turn-keys.ts';
import { UPKEEP_KEYS } from './upkeep-keys.ts';

export const KEYS = { ...SESSION_KEYS, ...TURN_KEYS, ...UPKEEP_KEYS } as const;

export type SettingKey = keyof typeof KEYS;

export const SETTING_KEYS = Object.keys(KEYS) as SettingKey[];

/** Settings that there were; what they allowed is a matter of trust. */
export const RETIRED: readonly string[] = ['mcp.atomizer', 'mcp.projectFile', 'agents.claude.settingSources'];

export function describeRetired(key: string): string {
  return `${key} is no setting any more: what of a root may run is decided by "session trust DIR".`;
}

export function isSettingKey(key: string): key is SettingKey {
  return Object.hasOwn(KEYS, key);
}
