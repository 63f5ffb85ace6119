/** The values that shell completion offers; none when there is no store, or it can't be read at once. */
import type { Approval } from '../model/approval.ts';
import type { Environment } from '../settings/paths.ts';
import { buildPaths } from '../settings/paths.ts';
import { findStoreUrl } from '../settings/store-url.ts';
import type { Reader } from '../store/sqlite/engine/connection.ts';
import type { SessionTitle, TitleQuery } from '../store/titles.ts';
import type * as Inspect from '../store/postgres/inspect.ts';

export type { SessionTitle };

/** The longest wait for a locked store. */
const LOCK_WAIT_MS = 300;

type Embedded<T> = (tx: Reader) => T[];
type Database<T> = (inspect: typeof Inspect, url: string) => Promise<T[]>;

export async function findTitles(env: Environment, query: TitleQuery): Promise<SessionTitle[]> {
  const { readTitles } = await import('../store/sqlite/titles.ts');
  return await read<SessionTitle>(
    env,
    (tx) => readTitles(tx, query),
    (database, url) => database.readTitles(url, query),
  );
}

/** The tool calls that wait for an answer. */
export async function findApprovals(env: Environment): Promise<Approval[]> {
  const { openApprovals } = await import('../store/sqlite/approvals.ts');
  return await read<Approval>(env, openApprovals, (database, url) => database.readApprovals(url));
}

async function read<T>(env: Environment, embedded: Embedded<T>, database: Database<T>): Promise<T[]> {
  try {
    const paths = buildPaths(env);
    const url = await findStoreUrl(env, paths);
    if (url !== undefined) return await database(await import('../store/postgres/inspect.ts'), url);
    const { readCurrent } = await import('../store/sqlite/read-current.ts');
    return (await readCurrent(paths.store, { timeoutMs: LOCK_WAIT_MS }, embedded)) ?? [];
  } catch {
    return [];
  }
}
