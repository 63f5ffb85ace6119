import type { Environment } from '../settings/paths.ts';
import { buildPaths } from '../settings/paths.ts';
import { readTitles } from '../store/sqlite/titles.ts';
import type { SessionTitle, TitleQuery } from '../store/sqlite/titles.ts';

export type { SessionTitle };

/** A store in use for longer is not waited for. */
const LOCK_WAIT_MS = 300;

/** Sessions to choose from; none where there is no store, or none that can be read at once. */
export async function findTitles(env: Environment, query: TitleQuery): Promise<SessionTitle[]> {
  try {
    return await readTitles(buildPaths(env).store, query, { timeoutMs: LOCK_WAIT_MS });
  } catch {
    return [];
  }
}
