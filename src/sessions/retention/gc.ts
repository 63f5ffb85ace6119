import type { Services } from '../../turns/services.ts';
import { accountFor, sumBytes } from './account.ts';
import type { Collection, TakenSession } from './collect.ts';
import { settleDeadTurns } from './dead-turns.ts';
import { stopIdleAgents } from './idle-agents.ts';
import type { Pace } from './pace.ts';
import { countProtected } from './protect.ts';
import type { GcReport, GcRequest } from './report.ts';
import { removeRunDirectories } from './run-directories.ts';
import { takeSessions } from './take.ts';

/** What happens on the way, for those who want to know. */
export interface GcWatch {
  pace: Pace;
  onTaken?: (session: TakenSession) => Promise<void>;
}

/**
 * Settles what is dead, stops what is idle, puts what is old into the trash, empties the trash of what is old there, and
 * makes room; in this order, in short transactions, so that others can go on meanwhile and any number may do it at once.
 *
 * Never touches a session that is pinned, running or warm. What it is stopped in the middle of, the next run finishes.
 */
export async function collectGarbage(
  services: Pick<Services, 'store' | 'paths' | 'env' | 'notice'>,
  request: GcRequest,
  { pace, onTaken }: GcWatch,
): Promise<GcReport> {
  const { store } = services;
  const { at, isDryRun, keepLast } = request;
  // Before dead turns are settled, which makes their sessions newer: so a dry run has the same.
  const floors = keepLast > 0 ? await store.retention.floors(keepLast) : undefined;
  const turns = await settleDeadTurns(services, isDryRun, pace);
  const agents = await stopIdleAgents(services, request, turns.running, pace);
  const usage = await store.retention.usage();
  const spared = await countProtected(store, {
    running: turns.running,
    warm: agents.warm,
    young: turns.settledIn,
  });
  const collection: Collection = {
    ...services,
    at,
    isDryRun,
    spare: [...agents.warm, ...turns.settledIn],
    floors,
    pace,
    onTaken,
  };
  const taken = await takeSessions(collection, request, sumBytes(usage) + turns.unwrittenBytes);
  while (!isDryRun && !(await store.retention.cleanIndex())) await pace.rest('cleaning the search index');
  const seenTo = new Set([...turns.settledIn, ...agents.stopped]);
  const removedDirectories = await removeRunDirectories(services, isDryRun, seenTo, pace);
  return {
    settledTurns: turns.settled,
    stoppedAgents: agents.stopped.size,
    removedDirectories,
    ...accountFor(taken, usage, spared, turns.unwrittenBytes),
  };
}
