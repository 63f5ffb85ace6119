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

/** Whose settings. */
export interface SettingsRequest {
  /** The directory whose `.session.json` counts; the current one without. */
  root?: string | undefined;
}

/** What a setting is changed to: a text is read as `config set` reads it, anything else is JSON. */
export type SettingValue = string | number | boolean | object;

/** Every setting in force for a root, and where it comes from. */
export async function listSettings(context: Context, request: SettingsRequest): Promise<SettingRecord[]> {
  return describeSettings(await load(context, request)).map(withoutSecrets);
}

/** One setting, or one server as `mcpServers.<name>`. Throws USAGE for what is no setting. */
export async function readSetting(
  context: Context,
  name: string,
  request: SettingsRequest,
): Promise<SettingRecord> {
  parseSettingName(name);
  return withoutSecrets(describeNamed(await load(context, request), name));
}

/**
 * Changes a setting of the user's config.json, and says what still overrides it. Throws USAGE or SETTINGS_INVALID; then
 * nothing is written.
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
 * Takes a setting out of the user's config.json; false when it was not there. What is no setting can be taken out too: it
 * may be what makes the file unusable.
 */
export async function removeSetting(context: Context, name: string): Promise<boolean> {
  const { config } = context.paths;
  const wasThere = await unsetSetting(name, context.paths);
  if (!wasThere) parseSettingName(name);
  context.notice(wasThere ? `${name} taken out of ${config}` : `${name} was not set`);
  return wasThere;
}

/** Where things are. */
export function findSettingPaths(
  { paths, place }: Context,
  { root = '.' }: SettingsRequest,
): SettingPathsRecord {
  const { home, config, store, run } = paths;
  return { home, config, project: projectFile(resolve(place.cwd, root)), store, run };
}

/** What servers and databases are given may be secret, and a terminal or a log is no place for it. */
function withoutSecrets(setting: SettingRecord): SettingRecord {
  if (setting.key === 'store.url' && typeof setting.value === 'string')
    return { ...setting, value: hidePassword(setting.value) };
  if (!setting.key.startsWith('mcpServers')) return setting;
  return { ...setting, value: maskServerSecrets(setting.value) };
}

async function load({ place, paths }: Context, { root = '.' }: SettingsRequest): Promise<LoadedSettings> {
  return await loadSettings({ env: place.env, paths, root: resolveRoot(resolve(place.cwd, root)) });
}
