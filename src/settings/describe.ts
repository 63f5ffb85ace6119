import { KEYS, SETTING_KEYS } from './keys.ts';
import type { SettingKey } from './keys.ts';
import { variableName } from './environment.ts';
import type { LoadedSettings, Origin } from './settings.ts';

/** A setting for `config list`: its value as one writes it, and where that comes from. */
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

export function describeSettings(loaded: LoadedSettings): SettingDescription[] {
  return SETTING_KEYS.map((key) => describeSetting(loaded, key));
}

export function describeSetting(loaded: LoadedSettings, key: SettingKey): SettingDescription {
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
