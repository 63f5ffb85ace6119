import type { Usage } from '../../store/retention-store.ts';
import type { Protected } from './protect.ts';
import { add } from './report.ts';
import type { GcReport } from './report.ts';
import type { Taken } from './take.ts';

/** The sessions' part of the report: what was taken of what there was, and why the others were not. */
export function accountFor(
  taken: Taken,
  usage: Usage,
  spared: Protected,
  unwrittenBytes: number,
): Omit<GcReport, 'settledTurns' | 'stoppedAgents' | 'removedDirectories'> {
  const purgedForSize = add(taken.large, taken.largeFresh, taken.largeLive);
  const purged = add(taken.old, taken.oldFresh, purgedForSize);
  const gone = taken.old.sessions + taken.large.sessions;
  const isLeft = (count: number): number => Math.max(count, 0);
  const young =
    usage.live.unpinned.sessions -
    spared.live -
    taken.trashed.sessions -
    taken.last -
    taken.largeLive.sessions;
  const reasons = {
    pinned: usage.live.pinned.sessions + usage.trash.pinned.sessions,
    running: spared.running,
    warm: spared.warm,
    young: isLeft(young) + spared.young,
    last: taken.last,
    trash: isLeft(usage.trash.unpinned.sessions - spared.trash - gone),
  };
  const total = sumBytes(usage) + unwrittenBytes;
  const left = add(taken.trashed, taken.old, taken.large, taken.largeLive);
  return {
    trashed: taken.trashed,
    purged,
    purgedForSize,
    kept: {
      sessions: Object.values(reasons).reduce((all, count) => all + count, 0),
      bytes: isLeft(total - left.bytes),
    },
    reasons,
    storedBytes: isLeft(total - purged.bytes),
  };
}

/** What all sessions hold. */
export function sumBytes({ live, trash }: Usage): number {
  return live.pinned.bytes + live.unpinned.bytes + trash.pinned.bytes + trash.unpinned.bytes;
}
