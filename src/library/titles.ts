import type { Environment } from '../settings/paths.ts';
import { buildPaths } from '../settings/paths.ts';
import { findStoreUrl } from '../settings/store-url.ts';
import type { SessionTitle, TitleQuery } from '../store/titles.ts';

export type { SessionTitle };

/** A store in use for longer is not waited for. */
const LOCK_WAIT_MS = 300;

/** Sessions to choose from; none where there is no store, or none that can be read at once. */
export async function findTitles(env: Environment, query: TitleQuery): Promise<SessionTitle[]> {
  try {
    const paths = buildPaths(env);
    const url = await findStoreUrl(env, paths);
    if (url !== undefined) return await (await import('../store/postgres/inspect.ts')).readTitles(url, query);
    const { readTitles } = await import('../store/sqlite/titles.ts');
    return await readTitles(paths.store, query, { timeoutMs: LOCK_WAIT_MS });
  } catch {
    return [];
  }
}
