import { settleDeadTurns } from './dead-turns.ts';
import { stopIdleAgents } from './idle-agents.ts';
import type { GcReport, GcRequest } from './report.ts';
import { removeRunDirectories } from './run-directories.ts';
import { takeSessions } from './take.ts';
import type { GcServices, GcWatch, Spare } from './take.ts';

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
): Promise<GcReport> {
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
  const sessions = await takeSessions(services, request, { ...turns, spare }, watch);
  while (!isDryRun && !(await retention.cleanIndex())) await pace.rest('cleaning the search index');
  const seenTo = new Set([...turns.settledIn, ...agents.stopped]);
  const removedDirectories = await removeRunDirectories(services, isDryRun, seenTo, pace);
  return {
    settledTurns: turns.settled,
    stoppedAgents: agents.stopped.size,
    removedDirectories,
    ...sessions,
  };
}
