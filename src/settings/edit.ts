import { mkdirSync } from 'node:fs';
import { SessionError, systemCode } from '../errors.ts';
import { FileLock } from '../system/lock.ts';
import { readWords } from './environment.ts';
import { readSettingsFile } from './file.ts';
import { KEYS, RETIRED, SETTING_KEYS, describeRetired, isSettingKey } from './keys.ts';
import type { SettingKey } from './keys.ts';
import { requireOwn } from './own-files.ts';
import { findNearest } from './nearest.ts';
import type { Environment, Paths } from './paths.ts';

const LOCK_MS = 10_000;
const SERVERS = 'mcpServers.';

/**
 * Finds the setting of a name, and the server in `mcpServers.<name>`. Throws USAGE, with the most similar setting as a
 * hint.
 */
export function parseSettingName(name: string): { key: SettingKey; server: string | undefined } {
  if (isSettingKey(name)) return { key: name, server: undefined };
  if (name.startsWith(SERVERS)) return { key: 'mcpServers', server: name.slice(SERVERS.length) };
  if (RETIRED.includes(name)) throw new SessionError('USAGE', describeRetired(name));
  const nearest = findNearest(name, SETTING_KEYS);
  throw new SessionError('USAGE', `There is no setting "${name}".`, {
    hint:
      nearest === undefined ? 'See "session config list" for all settings.' : `Did you mean "${nearest}"?`,
  });
}

/**
 * Sets a setting in the user's config.json, or a single server as `mcpServers.<name>`. The words are read according to
 * the kind of the setting, or as JSON with `isJson`. Throws USAGE or SETTINGS_INVALID; then nothing was written.
 */
export async function setSetting(
  name: string,
  words: string,
  place: { paths: Paths; env: Environment; isJson?: boolean },
): Promise<void> {
  const { key, server } = parseSettingName(name);
  const value = place.isJson === true ? parseJson(name, words) : readWords(KEYS[key], words, name, place.env);
  const { validateWritten } = await import('./validate.ts');
  validateWritten(key, server === undefined ? value : { [server]: value }, name);
  await edit(place.paths, (conf) => conf.set(toConfPath(name), value));
}

/**
 * Removes a setting from the user's config.json. Returns false when it was not there. An unknown key can be removed
 * too, because it may be what makes the file invalid.
 */
export async function unsetSetting(name: string, paths: Paths): Promise<boolean> {
  if (readSettingsFile(paths.config, { isOwn: true }) === undefined) return false;
  let wasThere = false;
  await edit(paths, (conf) => {
    wasThere = conf.has(toConfPath(name));
    if (wasThere) conf.delete(toConfPath(name));
  });
  return wasThere;
}

/**
 * Adds a directory to the trusted roots, or removes it. Returns false when nothing changed. Throws SETTINGS_INVALID.
 */
export async function changeTrustedRoots(
  paths: Paths,
  action: 'add' | 'remove',
  directory: string,
): Promise<boolean> {
  if (action === 'remove' && readSettingsFile(paths.config, { isOwn: true }) === undefined) return false;
  let hasChanged = false;
  await edit(paths, (conf) => {
    const roots = (conf.get('trustedRoots') ?? []) as string[];
    const others = roots.filter((root) => root !== directory);
    hasChanged = (action === 'add') === (others.length === roots.length);
    if (hasChanged) conf.set('trustedRoots', action === 'add' ? [...roots, directory] : others);
  });
  return hasChanged;
}

interface ConfLike {
  has(path: string): boolean;
  get(path: string): unknown;
  set(path: string, value: unknown): void;
  delete(path: string): void;
}

/** Changes the file under a lock, so that no change is lost when several are made at once. */
async function edit({ home, config }: Paths, change: (conf: ConfLike) => void): Promise<void> {
  requireOwn(home, home);
  const { default: Conf } = await import('conf');
  const lock = new FileLock(`${config}.lock`);
  try {
    mkdirSync(home, { recursive: true, mode: 0o700 });
    if (!(await lock.acquire(LOCK_MS)))
      throw new SessionError('BUSY', `${config} is being changed by another process.`, {
        hint: `Try again; if no other process is running, remove ${lock.path}.`,
      });
    readSettingsFile(config, { isOwn: true });
    change(new Conf<Record<string, unknown>>({ cwd: home, configName: 'config', configFileMode: 0o600 }));
  } catch (error) {
    const code = systemCode(error);
    if (error instanceof SessionError || code === undefined) throw error;
    throw new SessionError('SETTINGS_INVALID', `${config}: cannot be written (${code}).`, { cause: error });
  } finally {
    lock.release();
  }
}

/** Escapes dots and brackets in a server's name, which would be parts of a path. */
function toConfPath(name: string): string {
  if (!name.startsWith(SERVERS)) return name;
  return SERVERS + name.slice(SERVERS.length).replaceAll(/[\\.[]/g, String.raw`\$&`);
}

function parseJson(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new SessionError('USAGE', `${name}: "${text.slice(0, 80)}" is not valid JSON.`, { cause: error });
  }
}
