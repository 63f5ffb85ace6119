import type { GcRecord } from '../../model/records.ts';
import { settleDeadTurns } from './dead-turns.ts';
import { stopIdleAgents } from './idle-agents.ts';
import { removeRunDirectories } from './run-directories.ts';
import { takeSessions } from './take.ts';
import type { GcServices, GcWatch, Spare, TakeRequest } from './take.ts';

/** The options of gc. */
export interface GcRequest extends Omit<TakeRequest, 'spare' | 'unwrittenBytes'> {
  /** Warm agents that were idle for this long are stopped. */
  idleMs: number;
  isVacuum: boolean;
}

/**
 * Settles dead turns, stops idle agents, trashes old sessions, purges old trash, and then frees space, in this order.
 * It uses short transactions, so other commands can run meanwhile, including other runs of gc.
 *
 * Never changes a session that is pinned, running or warm. The next run finishes what an interrupted run began.
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
  // A later reason overwrites an earlier one.
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
