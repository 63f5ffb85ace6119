import { existsSync, realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Mode, SessionState } from '../model/model.ts';
import type { SessionRecord } from '../model/records.ts';
import { parseTags } from '../sessions/names.ts';
import { filterByState } from '../sessions/state-filter.ts';
import type { SessionFilter } from '../store/session-store.ts';
import type { Context } from './context.ts';
import { describeSessions } from './describe.ts';

export const DEFAULT_LIMIT = 1000;

/** Which sessions; by default all that are not in the trash. */
export interface ListRequest {
  mode?: Mode | undefined;
  study?: string | undefined;
  root?: string | undefined;
  /** Every one must match: `key` or `key=value`. */
  tags?: string[] | undefined;
  state?: SessionState | undefined;
  /** Only those active since this time, in milliseconds since 1970. */
  activeSince?: number | undefined;
  /** At most this many; default 1000. */
  limit?: number | undefined;
}

/** Sessions by latest activity, and their total number. */
export async function listSessions(
  context: Context,
  request: ListRequest,
): Promise<{ records: SessionRecord[]; total: number }> {
  const store = await context.store('read');
  const { mode, study, root, tags, state, activeSince, limit = DEFAULT_LIMIT } = request;
  const filter: SessionFilter = {
    ...(state && (await filterByState({ store, paths: context.paths }, state))),
    ...(mode && { mode }),
    ...(study !== undefined && { study }),
    ...(root !== undefined && { root: findRealPath(resolve(context.place.cwd, root)) }),
    ...(tags && { tags: parseTags(tags) }),
    ...(activeSince !== undefined && { activeSince }),
  };
  const sessions = await store.sessions.list({ ...filter, limit });
  if (filter.root !== undefined && sessions.length === 0 && !existsSync(filter.root))
    context.notice(`there is no directory ${filter.root}`);
  const records = await describeSessions(context, sessions);
  const total = sessions.length < limit ? sessions.length : await store.sessions.count(filter);
  return { records, total };
}

/** A path in the form in which roots are stored, also for a directory that no longer exists. */
function findRealPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
