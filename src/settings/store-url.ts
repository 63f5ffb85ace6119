import { SessionError } from '../errors.ts';
import { readSettingsFile } from './file.ts';
import type { Environment, Paths } from './paths.ts';

const EXAMPLE = 'For example: postgres://user@host/database';

/**
 * The database that `store.url` names; undefined for the file in the home. A project file has no say in it.
 *
 * Most users have no such setting, so all settings are loaded only where the file may have it. Throws SETTINGS_INVALID.
 */
export async function findStoreUrl(env: Environment, paths: Paths): Promise<string | undefined> {
  const given = env['CLAUDE_SESSION_STORE_URL'];
  if (given) return requireStoreUrl(given);
  const file = readSettingsFile(paths.config, { isOwn: true }) as { store?: unknown } | undefined;
  if (file?.store === undefined) return undefined;
  const { loadSettings } = await import('./settings.ts');
  const { url } = (await loadSettings({ env, paths })).value.store;
  return url && requireStoreUrl(url);
}

/** What the setting `roots` has; loaded only where something is set. Throws SETTINGS_INVALID. */
export async function findRoots(env: Environment, paths: Paths): Promise<readonly string[]> {
  const file = readSettingsFile(paths.config, { isOwn: true }) as { roots?: unknown } | undefined;
  if (!env['CLAUDE_SESSION_ROOTS'] && file?.roots === undefined) return [];
  const { loadSettings } = await import('./settings.ts');
  return (await loadSettings({ env, paths })).value.roots;
}

/** Throws SETTINGS_INVALID. The message does not contain the URL, which may have a password. */
function requireStoreUrl(url: string): string {
  let protocol: string;
  try {
    ({ protocol } = new URL(url));
  } catch {
    throw new SessionError('SETTINGS_INVALID', 'store.url is not a valid URL.', { hint: EXAMPLE });
  }
  if (/^postgres(ql)?:$/.test(protocol)) return url;
  throw new SessionError('SETTINGS_INVALID', `store.url names no PostgreSQL database, but ${protocol}//….`, {
    hint: EXAMPLE,
  });
}

/** A URL for output: without its password. Parameters may contain one too. */
export function hidePassword(url: string): string {
  try {
    const { protocol, username, host, pathname } = new URL(url);
    return `${protocol}//${username === '' ? '' : `${username}@`}${host}${pathname}`;
  } catch {
    return 'postgres://…';
  }
}
