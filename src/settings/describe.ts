import { KEYS, SETTING_KEYS } from './keys.ts';
import type { SettingKey } from './keys.ts';
import { parseSettingName } from './edit.ts';
import { variableName } from './environment.ts';
import type { Origin } from './layers.ts';
import type { LoadedSettings } from './settings.ts';

/** A setting for `config list`: its value as a user writes it, and its source. */
export interface SettingDescription {
  key: SettingKey;
  /** Null when unset. */
  value: unknown;
  origin: Origin['layer'];
  source: string | null;
  about: string;
  /** The environment variable that sets it. */
  variable: string | null;
}

/** The same, but the key may also name a server. */
export type NamedDescription = Omit<SettingDescription, 'key'> & { key: string };

export function describeSettings(loaded: LoadedSettings): SettingDescription[] {
  return SETTING_KEYS.map((key) => describeSetting(loaded, key));
}

/** Describes the setting of that name, or the one server of `mcpServers.<name>`. Throws USAGE. */
export function describeNamed(loaded: LoadedSettings, name: string): NamedDescription {
  const { key, server } = parseSettingName(name);
  const setting = describeSetting(loaded, key);
  if (server === undefined) return setting;
  const servers = (setting.value ?? {}) as Record<string, unknown>;
  return { ...setting, key: name, value: Object.hasOwn(servers, server) ? servers[server] : null };
}

function describeSetting(loaded: LoadedSettings, key: SettingKey): SettingDescription {
  const { layer, source } = loaded.origin(key);
  return {
    key,
    value: loaded.written(key) ?? null,
    origin: layer,
    source,
    about: KEYS[key].about,
    variable: variableName(KEYS[key]) ?? null,
  };
}
