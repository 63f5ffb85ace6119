import { resolve } from 'node:path';
import type { SettingPathsRecord, SettingRecord } from '../model/records.ts';
import { resolveRoot } from '../sessions/directories.ts';
import { describeNamed, describeSettings } from '../settings/describe.ts';
import { parseSettingName, setSetting, unsetSetting } from '../settings/edit.ts';
import { KEYS } from '../settings/keys.ts';
import { projectFile } from '../settings/paths.ts';
import { maskServerSecrets } from '../settings/server-secrets.ts';
import { loadSettings } from '../settings/settings.ts';
import type { LoadedSettings } from '../settings/settings.ts';
import { hidePassword } from '../settings/store-url.ts';
import type { Context } from './context.ts';

/** The root for settings. */
export interface SettingsRequest {
  /** The directory of the `.session.json`; by default the current one. */
  root?: string | undefined;
}

/** The new value of a setting. A text is parsed like an argument of `config set`, anything else is JSON. */
export type SettingValue = string | number | boolean | object;

/** All effective settings of a root, with the source of each. */
export async function listSettings(context: Context, request: SettingsRequest): Promise<SettingRecord[]> {
  return describeSettings(await load(context, request)).map(withoutSecrets);
}

/** One setting, or one server as `mcpServers.<name>`. Throws USAGE for an unknown name. */
export async function readSetting(
  context: Context,
  name: string,
  request: SettingsRequest,
): Promise<SettingRecord> {
  parseSettingName(name);
  return withoutSecrets(describeNamed(await load(context, request), name));
}

/**
 * Changes a setting of the user's config.json, and reports what still overrides it. Throws USAGE or SETTINGS_INVALID,
 * and then nothing is written.
 */
export async function changeSetting(
  context: Context,
  name: string,
  value: SettingValue,
  request: SettingsRequest,
): Promise<SettingRecord> {
  const { paths, place } = context;
  const isJson = KEYS[parseSettingName(name).key].kind === 'servers';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  await setSetting(name, text, { paths, env: place.env, isJson });
  context.notice(`${name} set in ${paths.config}`);
  const setting = await readSetting(context, name, request);
  const { origin, source } = setting;
  if (origin === 'env' || origin === 'project') context.notice(`but ${source} outdoes it`);
  return setting;
}

/**
 * Removes a setting from the user's config.json; false when it was not there. An unknown name can be removed too,
 * because it may make the file invalid.
 */
export async function removeSetting(context: Context, name: string): Promise<boolean> {
  const { config } = context.paths;
  const wasThere = await unsetSetting(name, context.paths);
  if (!wasThere) parseSettingName(name);
  context.notice(wasThere ? `${name} removed from ${config}` : `${name} was not set`);
  return wasThere;
}

/** The paths of the settings files. */
export function findSettingPaths(
  { paths, place }: Context,
  { root = '.' }: SettingsRequest,
): SettingPathsRecord {
  const { home, config, store, run } = paths;
  return { home, config, project: projectFile(resolve(place.cwd, root)), store, run };
}

/** Masks the settings of servers and databases that may be secret. */
function withoutSecrets(setting: SettingRecord): SettingRecord {
  if (setting.key === 'store.url' && typeof setting.value === 'string')
    return { ...setting, value: hidePassword(setting.value) };
  if (!setting.key.startsWith('mcpServers')) return setting;
  return { ...setting, value: maskServerSecrets(setting.value) };
}

async function load({ place, paths }: Context, { root = '.' }: SettingsRequest): Promise<LoadedSettings> {
  return await loadSettings({ env: place.env, paths, root: resolveRoot(resolve(place.cwd, root)) });
}
