import { stopAgent } from '../agents/process/stop.ts';
import { sweep } from '../agents/process/sweep.ts';
import { isAlive, isGone } from '../system/owner.ts';
import { addLate } from './finish.ts';
import type { Session, Turn } from '../model/model.ts';
import { findTurnsWithFiles, readAgentTrace, removeTurnFiles } from './run-files.ts';
import type { Services } from './services.ts';
import { buildEnd } from './turn-end.ts';

/** Ends processes and removes files of ended turns, when the process that ended them was killed before it could. */
export async function removeLeftovers(
  { store, paths }: Pick<Services, 'store' | 'paths'>,
  session: Session,
): Promise<void> {
  for (const id of findTurnsWithFiles(paths, session.id)) {
    const turn = await store.turns.find(id);
    if (turn !== undefined) await addLateAnswer({ store, paths }, turn);
    if (turn !== undefined && !isAbandoned(turn)) continue;
    const left = { sessionId: session.id, id };
    const trace = readAgentTrace(paths, left);
    if (trace?.isShared !== true) {
      if (trace) await stopAgent(trace);
      await sweep({ home: paths.home, sessionId: session.id, turnId: id });
    }
    removeTurnFiles(paths, left);
  }
}

/** Stores the answer of a turn that another machine gave up, when this machine was only disconnected. */
async function addLateAnswer({ store, paths }: Pick<Services, 'store' | 'paths'>, turn: Turn): Promise<void> {
  const { status, owner, agentVersion } = turn;
  if (store.leases === undefined || status !== 'interrupted' || agentVersion !== null) return;
  if (owner === null || isAlive(owner) !== 'unknown') return;
  const trace = readAgentTrace(paths, turn);
  if (trace === undefined) return;
  const built = await buildEnd({ turn, trace, ended: undefined, stopReason: undefined, failure: undefined });
  await addLate(store, turn, built);
}

/** How long the owner of an ended turn may take to clean up, when its state can't be determined. */
const UNVERIFIABLE_AFTER_MS = 3_600_000;

/** Whether a turn has ended and its owner is gone. */
export function isAbandoned({ endedAt, owner }: Turn): boolean {
  return endedAt !== null && (owner === null || isGone(owner, endedAt, UNVERIFIABLE_AFTER_MS));
}
