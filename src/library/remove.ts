import { SessionError } from '../errors.ts';
import type { Session } from '../model/model.ts';
import type { RemovalRecord } from '../model/records.ts';
import { makeRoom } from '../sessions/retention/make-room.ts';
import {
  dropDeletedWords,
  purgeSession,
  requireIdle,
  restoreSession,
  trashSession,
} from '../sessions/retention/remove.ts';
import { stopSession } from '../sessions/stop-session.ts';
import type { Services } from '../turns/services.ts';
import type { Context } from './context.ts';

export interface RemoveOptions {
  /** Stops a running turn, instead of throwing BUSY. */
  force?: boolean | undefined;
  /** Deletes permanently, instead of moving to the trash. */
  purge?: boolean | undefined;
  /** With `purge`: also deletes the agent's own transcript. */
  transcript?: boolean | undefined;
}

/** Moves sessions to the trash, or deletes them. All are checked before the first is removed. Throws BUSY. */
export async function removeSessions(
  context: Context,
  selectors: readonly string[],
  options: RemoveOptions,
  signal?: AbortSignal,
): Promise<RemovalRecord[]> {
  if (options.transcript === true && options.purge !== true)
    throw new SessionError('USAGE', '--transcript needs --purge.');
  makeRoom(context.paths);
  const sessions: Session[] = [];
  for (const selector of selectors) sessions.push(await context.select(selector, 'write', 'allowed'));
  const services = await context.services(undefined);
  for (const session of sessions)
    if (options.force === true) await stopSession(services, session, signal);
    else await requireIdle(services, session);
  signal?.throwIfAborted();
  const removals: RemovalRecord[] = [];
  for (const session of sessions) removals.push(await remove(services, session, options));
  if (options.purge === true) await dropDeletedWords(services);
  return removals;
}

async function remove(
  services: Services,
  session: Session,
  { purge, transcript }: RemoveOptions,
): Promise<RemovalRecord> {
  const isTrashed = await trashSession(services, session);
  if (purge !== true) return { session_id: session.id, action: isTrashed ? 'trash' : 'none', transcripts: 0 };
  const transcripts = await purgeSession(services, session, transcript ?? false);
  return { session_id: session.id, action: 'purge', transcripts };
}

/** Restores a session from the trash, if it is there. Throws USAGE when another session has its name now. */
export async function restoreSelected(
  context: Context,
  selector: string,
): Promise<{ session: Session; wasTrashed: boolean }> {
  const session = await context.select(selector, 'write', 'allowed');
  const store = await context.store('write');
  const wasTrashed = await restoreSession({ store }, session);
  return { session: (await store.sessions.find(session.id)) ?? session, wasTrashed };
}
