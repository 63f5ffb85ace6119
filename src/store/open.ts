import type { Environment, Paths } from '../settings/paths.ts';
import { findStoreUrl } from '../settings/store-url.ts';
import type { Store } from './store.ts';

/** Opens the store that the settings name. With `read`, nothing is created. Throws SETTINGS_INVALID or a STORE_… failure. */
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
  const { openStore: open } = await import('./postgres/open.ts');
  return await open(url, options);
}
