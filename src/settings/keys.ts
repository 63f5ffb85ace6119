/**
 * All settings. Validation, JSON Schema, types, names of environment variables, rules for project files and the output
 * of `session config list` all come from these tables. Reading them takes no time at start-up.
 */
import { SESSION_KEYS } from './session-keys.ts';
import { TURN_KEYS } from './turn-keys.ts';
import { UPKEEP_KEYS } from './upkeep-keys.ts';

export const KEYS = { ...SESSION_KEYS, ...TURN_KEYS, ...UPKEEP_KEYS } as const;

export type SettingKey = keyof typeof KEYS;

export const SETTING_KEYS = Object.keys(KEYS) as SettingKey[];

/** Former settings. What they allowed now depends on the trust in a root. */
export const RETIRED: readonly string[] = ['mcp.atomizer', 'mcp.projectFile', 'agents.claude.settingSources'];

export function describeRetired(key: string): string {
  return `${key} is no longer a setting. "session trust DIR" now decides what in a root may run.`;
}

export function isSettingKey(key: string): key is SettingKey {
  return Object.hasOwn(KEYS, key);
}
