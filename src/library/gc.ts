import type { GcRecord, GcSessionRecord } from '../model/records.ts';
import { collectGarbage } from '../sessions/retention/gc.ts';
import { makeRoom } from '../sessions/retention/make-room.ts';
import { Pace } from '../sessions/retention/pace.ts';
import type { StopRequest } from '../turns/stop-request.ts';
import type { Context } from './context.ts';

/** The options of gc. What is left out comes from the settings. */
export interface GcOptions {
  /** Trashes sessions that were not active for this long. */
  maxAgeMs?: number | undefined;
  /** Stops warm agents that were idle for this long. */
  idleMs?: number | undefined;
  /** Deletes sessions that were in the trash for this long. */
  purgeAfterMs?: number | undefined;
  /** The number of sessions to keep of each root. */
  keepLast?: number | undefined;
  /** Deletes the oldest sessions until the rest is no larger than this. */
  maxBytes?: number | undefined;
  /** Only reports, exactly, what would be done. */
  dryRun?: boolean | undefined;
  /** Gives the free space of the store back to the system. */
  vacuum?: boolean | undefined;
}

/** The caller's callbacks. */
interface GcWatcher {
  stop: StopRequest;
  onProgress?: (progress: string) => void;
  /** Called for each session that was trashed or purged, in order. */
  onTaken?: (session: GcSessionRecord) => Promise<void>;
}

/**
 * Trashes and deletes old sessions, and settles dead turns. Never changes a session that is pinned, running or warm.
 */
export async function collect(
  context: Context,
  options: GcOptions,
  { stop, onProgress = () => {}, onTaken }: GcWatcher,
): Promise<GcRecord> {
  const { retention } = await context.settings(undefined);
  const isDryRun = options.dryRun ?? false;
  if (!isDryRun) makeRoom(context.paths);
  const store = await context.store(isDryRun ? 'read' : 'write');
  const notice = (sentence: string): void => context.notice(sentence);
  return await collectGarbage(
    { store, paths: context.paths, env: context.place.env, notice },
    {
      at: Date.now(),
      maxAgeMs: options.maxAgeMs ?? retention.maxAge,
      idleMs: options.idleMs ?? retention.idle,
      purgeAfterMs: options.purgeAfterMs ?? retention.purgeAfter,
      keepLast: options.keepLast ?? retention.keepLast ?? 0,
      maxBytes: options.maxBytes ?? retention.maxSize,
      isDryRun,
      isVacuum: options.vacuum ?? false,
    },
    { pace: new Pace(stop, onProgress), ...(onTaken && { onTaken }) },
  );
}
