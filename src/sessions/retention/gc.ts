import type { GcRecord } from '../../model/records.ts';
import { settleDeadTurns } from './dead-turns.ts';
import { stopIdleAgents } from './idle-agents.ts';
import { removeRunDirectories } from './run-directories.ts';
import { takeSessions } from './take.ts';
import type { GcServices, GcWatch, Spare, TakeRequest } from './take.ts';

/** What gc is asked for. */
export interface GcRequest extends Omit<TakeRequest, 'spare' | 'unwrittenBytes'> {
  /** Warm agents that had nothing to do for so long are stopped. */
  idleMs: number;
  isVacuum: boolean;
}

/**
 * Settles what is dead, stops what is idle, puts what is old into the trash, empties the trash of what is old there, and
 * makes room; in this order, in short transactions, so that others can go on meanwhile and any number may do it at once.
 *
 * Never touches a session that is pinned, running or warm. What it is stopped in the middle of, the next run finishes.
 */
export async function collectGarbage(
  services: GcServices,
  request: GcRequest,
  watch: GcWatch,
): Promise<GcRecord> {
  const { retention } = services.store;
  const { pace } = watch;
  const { at, isDryRun } = request;
  const turns = await settleDeadTurns(services, isDryRun, pace);
  const agents = await stopIdleAgents(services, request, turns.running, pace);
  if (!isDryRun) await retention.correctTimes(at);
  const spare: Spare = new Map();
  // Of several reasons the last one counts.
  for (const id of agents.warm) spare.set(id, 'warm');
  for (const id of turns.running) spare.set(id, 'running');
  for (const id of turns.settledIn) spare.set(id, 'young');
  const { unwrittenBytes } = turns;
  const { kept, stored_bytes, ...taken } = await takeSessions(
    services,
    { ...request, spare, unwrittenBytes },
    watch,
  );
  while (!isDryRun && !(await retention.cleanIndex())) await pace.rest('cleaning the search index');
  const seenTo = new Set([...turns.settledIn, ...agents.stopped]);
  const removed_directories = await removeRunDirectories(services, isDryRun, seenTo, pace);
  if (request.isVacuum) await pace.rest('vacuuming');
  return {
    type: 'gc',
    settled_turns: turns.settled,
    stopped_agents: agents.stopped.size,
    ...taken,
    removed_directories,
    kept,
    stored_bytes,
    freed_bytes: request.isVacuum && !isDryRun ? await retention.vacuum() : null,
  };
}
