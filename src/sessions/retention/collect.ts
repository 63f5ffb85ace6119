import type { AgeCursor, CollectStep, CollectedSession, Floors, Tally } from '../../store/retention-store.ts';
import type { Services } from '../../turns/services.ts';
import type { Pace } from './pace.ts';
import { purgeAll, removeAgentFiles } from './remove.ts';
import { add, NONE } from './report.ts';

/** What is to become of a session that was taken, and what it is. */
export interface TakenSession extends CollectedSession {
  action: 'trash' | 'purge';
}

/** What holds for all of a run. */
export interface Collection extends Pick<Services, 'store' | 'paths' | 'env' | 'notice'> {
  /** The time it began. */
  at: number;
  isDryRun: boolean;
  /** Sessions not to touch. */
  spare: readonly string[];
  floors: Floors | undefined;
  pace: Pace;
  /** Is told of each session taken, in order. */
  onTaken: ((session: TakenSession) => Promise<void>) | undefined;
}

/** Which sessions, oldest first. */
export type Selection = Pick<CollectStep, 'from' | 'until' | 'after' | 'enoughBytes'>;

/** Above everything that has the same times. */
const MOST = Number.MAX_SAFE_INTEGER;

/** Where the sessions begin that came after a time. */
export function afterTime(time: number): AgeCursor {
  return [time, MOST, MOST, '', MOST];
}

/** Takes all sessions of a selection, in as many steps as it needs. `kept` are those their roots keep. */
export async function collect(
  collection: Collection,
  action: 'trash' | 'purge',
  selection: Selection,
): Promise<{ taken: Tally; kept: number }> {
  const { store, at, isDryRun, spare, floors, pace, onTaken, notice } = collection;
  const fate = isDryRun ? 'none' : action === 'trash' ? { trashedAt: at } : 'purge';
  const total = { taken: NONE, kept: 0 };
  let after = selection.after;
  do {
    const { enoughBytes = Infinity } = selection;
    const result = await store.retention.collect({
      from: selection.from,
      until: selection.until,
      enoughBytes: enoughBytes - total.taken.bytes,
      floors: selection.from === 'live' ? floors : undefined,
      withSessions: onTaken !== undefined,
      spare,
      after,
      fate,
    });
    total.taken = add(total.taken, result.taken);
    total.kept += result.kept;
    for (const session of result.sessions) await onTaken?.({ ...session, action });
    const words = `${action === 'trash' ? 'to the trash' : 'deleted'}: ${total.taken.sessions} sessions`;
    for (const session of result.unfinished)
      removeAgentFiles(collection, session, ({ message }) => notice(message));
    await purgeAll(
      store,
      result.unfinished.map(({ id }) => id),
      () => pace.rest(words),
    );
    await pace.rest(words);
    after = result.next;
  } while (after !== undefined);
  return total;
}
