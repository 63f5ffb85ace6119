import type { GcRecord, GcSessionRecord } from '../model/records.ts';
import { collectGarbage } from '../sessions/retention/gc.ts';
import { Pace } from '../sessions/retention/pace.ts';
import type { StopRequest } from '../turns/stop-request.ts';
import type { Context } from './context.ts';

/** What is left out is as the settings have it. */
export interface GcOptions {
  /** Trashes what was not active for so long. */
  maxAgeMs?: number | undefined;
  /** Stops warm agents that were idle for so long. */
  idleMs?: number | undefined;
  /** Deletes what was in the trash for so long. */
  purgeAfterMs?: number | undefined;
  /** How many sessions of each root are kept. */
  keepLast?: number | undefined;
  /** Deletes the oldest until the rest holds no more than this. */
  maxBytes?: number | undefined;
  /** Only reports, exactly, what would be done. */
  dryRun?: boolean | undefined;
  /** Gives the free space of the store back to the system. */
  vacuum?: boolean | undefined;
}

/** Who looks on. */
interface GcWatcher {
  stop: StopRequest;
  onProgress?: (progress: string) => void;
  /** Is told of each session taken, in order. */
  onTaken?: (session: GcSessionRecord) => Promise<void>;
}

/** Trashes and deletes what is old, and settles what is dead. Never touches a session that is pinned, running or warm. */
export async function collect(
  context: Context,
  options: GcOptions,
  { stop, onProgress = () => {}, onTaken }: GcWatcher,
): Promise<GcRecord> {
  const { retention } = await context.settings(undefined);
  const isDryRun = options.dryRun ?? false;
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
