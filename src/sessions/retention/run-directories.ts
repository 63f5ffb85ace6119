import { rmSync, statSync } from 'node:fs';
import { endMarked } from '../../agents/process/sweep.ts';
import { findWarmHost } from '../../agents/process/warm-info.ts';
import { FileLock } from '../../system/lock.ts';
import { isGone } from '../../system/owner.ts';
import { isAbandoned } from '../../turns/leftovers.ts';
import { findTurnsWithFiles, listRunDirectories, readAgentTrace } from '../../turns/run-files.ts';
import type { Services } from '../../turns/services.ts';
import type { Pace } from './pace.ts';

/** Files of a process whose state can't be determined are kept this long after the newest one. */
const UNVERIFIABLE_AFTER_MS = 24 * 3_600_000;

type Needed = Pick<Services, 'store' | 'paths'>;

/** Counts the run directories of sessions without running processes, and removes them unless it is a dry run. */
export async function removeRunDirectories(
  services: Needed,
  isDryRun: boolean,
  /** Sessions whose directories are removed elsewhere. */
  seenTo: ReadonlySet<string>,
  pace: Pace,
): Promise<number> {
  let removed = 0;
  for (const id of listRunDirectories(services.paths)) {
    const isRemoved = isDryRun ? await isLeftOver(services, id) : await removeRunDirectory(services, id);
    if (isRemoved && !seenTo.has(id)) removed++;
    await pace.rest('removing leftover files');
  }
  return removed;
}

/** Ends remaining processes of a session's agents, and removes its run directory. False when something still runs. */
export async function removeRunDirectory(services: Needed, id: string): Promise<boolean> {
  const { store, paths } = services;
  if (!(await isLeftOver(services, id))) return false;
  return await store.sessions.whileIdle(id, () => {
    endMarked({ home: paths.home, sessionId: id });
    rmSync(paths.sessionRun(id), { recursive: true, force: true });
  });
}

/** Whether no turn is open, no warm agent runs, and all processes with files there are dead. */
async function isLeftOver({ store, paths }: Needed, id: string): Promise<boolean> {
  if ((await store.turns.open(id)).length > 0) return false;
  const changedAt = statSync(paths.sessionRun(id), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const mayLive = (owner: string): boolean => !isGone(owner, changedAt, UNVERIFIABLE_AFTER_MS);
  const lock = new FileLock(paths.warmLock(id)).holder();
  if (findWarmHost(paths.warmInfo(id)) !== undefined || (lock !== undefined && mayLive(lock))) return false;
  for (const turnId of findTurnsWithFiles(paths, id)) {
    const trace = readAgentTrace(paths, { sessionId: id, id: turnId });
    if (trace !== undefined && mayLive(trace.owner)) return false;
    const turn = await store.turns.find(turnId);
    if (turn !== undefined && !isAbandoned(turn)) return false;
  }
  return true;
}
