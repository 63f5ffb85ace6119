import type { Environment, Paths } from '../settings/paths.ts';
import { findRoots, findStoreUrl } from '../settings/store-url.ts';
import type { Store } from './store.ts';

/** Opens the store of the settings. With `read`, nothing is created. Throws SETTINGS_INVALID or a STORE_… failure. */
export async function openStore(
  env: Environment,
  paths: Paths,
  options: { access: 'read' | 'write' },
): Promise<Store> {
  const url = await findStoreUrl(env, paths);
  if (url === undefined) {
    const { openStore: open } = await import('./sqlite/open.ts');
    return await open(paths.store, options);
  }
  return await openShared(url, env, paths, options);
}

/** Opens the store in a database, and maps its roots to those of this machine. */
export async function openShared(
  url: string,
  env: Environment,
  paths: Paths,
  options: { access: 'read' | 'write' },
): Promise<Store> {
  const entries = await findRoots(env, paths);
  const { openStore: open } = await import('./postgres/open.ts');
  if (entries.length === 0) return await open(url, options);
  const { parseRoots, withRoots } = await import('./roots.ts');
  const pairs = parseRoots(entries);
  return withRoots(await open(url, options), pairs);
}
