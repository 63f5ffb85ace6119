import type { Tally } from '../../store/retention-store.ts';
import { afterTime, collect } from './collect.ts';
import type { Collection } from './collect.ts';
import { NONE } from './report.ts';
import type { GcRequest } from './report.ts';

const FOREVER = Number.MAX_SAFE_INTEGER;

/** What was taken, by where it was and why. */
export interface Taken {
  trashed: Tally;
  /** Old, but kept by their roots. */
  last: number;
  /** Purged: out of the trash, or trashed only now, for their age; the same for the size, and live ones. */
  old: Tally;
  oldFresh: Tally;
  large: Tally;
  largeFresh: Tally;
  largeLive: Tally;
}

/** Trashes and purges, old sessions to the trash, old ones out of it, then as many as the size demands. */
export async function takeSessions(
  collection: Collection,
  request: GcRequest,
  totalBytes: number,
): Promise<Taken> {
  const { at, maxAgeMs, purgeAfterMs, maxBytes = Infinity } = request;
  const activeUntil = Math.max(at - maxAgeMs, 0);
  const trashedUntil = Math.max(Math.min(at - purgeAfterMs, at - 1), 0);
  const trash = await collect(collection, 'trash', { from: 'live', until: activeUntil });
  /** Purges what was put into the trash just now; in a dry run it is still among the live. */
  const purgeFresh = (enoughBytes = Infinity) =>
    collect(
      collection,
      'purge',
      collection.isDryRun
        ? { from: 'live', until: activeUntil, enoughBytes }
        : { from: 'trash', after: afterTime(at - 1), until: FOREVER, enoughBytes },
    );
  const isFreshOld = purgeAfterMs <= 0;
  const old = await collect(collection, 'purge', { from: 'trash', until: trashedUntil });
  const oldFresh = isFreshOld ? await purgeFresh() : { taken: NONE };

  let excess = totalBytes - old.taken.bytes - oldFresh.taken.bytes - maxBytes;
  const purgeExcess = async (purge: (enough: number) => Promise<{ taken: Tally }>): Promise<Tally> => {
    if (excess <= 0) return NONE;
    const { taken } = await purge(excess);
    excess -= taken.bytes;
    return taken;
  };
  const large = await purgeExcess((enoughBytes) =>
    collect(collection, 'purge', {
      from: 'trash',
      after: afterTime(trashedUntil),
      until: at - 1,
      enoughBytes,
    }),
  );
  const largeFresh = isFreshOld ? NONE : await purgeExcess(purgeFresh);
  const largeLive = await purgeExcess((enoughBytes) =>
    collect(collection, 'purge', {
      from: 'live',
      after: afterTime(activeUntil),
      until: FOREVER,
      enoughBytes,
    }),
  );
  return {
    trashed: trash.taken,
    last: trash.kept,
    old: old.taken,
    oldFresh: oldFresh.taken,
    large,
    largeFresh,
    largeLive,
  };
}
