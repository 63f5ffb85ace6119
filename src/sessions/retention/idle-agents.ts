import { askWarmHost } from '../../agents/process/warm-client.ts';
import { findWarmHost } from '../../agents/process/warm-info.ts';
import { listRunDirectories } from '../../turns/run-files.ts';
import type { Services } from '../../turns/services.ts';
import { closeWarm } from '../../turns/warm.ts';
import type { Pace } from './pace.ts';

export interface WarmAgents {
  /** The sessions whose agent was stopped. */
  stopped: Set<string>;
  /** Those whose agent stays up. */
  warm: Set<string>;
}

/** Stops the warm agents that had nothing to do for so long, but for those of pinned sessions. */
export async function stopIdleAgents(
  services: Pick<Services, 'store' | 'paths'>,
  { idleMs, isDryRun }: { idleMs: number; isDryRun: boolean },
  running: ReadonlySet<string>,
  pace: Pace,
): Promise<WarmAgents> {
  const { store, paths } = services;
  const agents: WarmAgents = { stopped: new Set(), warm: new Set() };
  for (const id of listRunDirectories(paths)) {
    const host = findWarmHost(paths.warmInfo(id));
    if (host === undefined) continue;
    const status = await askWarmHost(host, { ask: 'status' });
    const isIdle = status !== undefined && status.idleForMs >= idleMs;
    const isPinned = (await store.sessions.find(id))?.pinned === true;
    const mayStop = isIdle && !isPinned && !running.has(id);
    const isStopped = mayStop && (isDryRun || (await closeIfIdle(services, id, idleMs)));
    (isStopped ? agents.stopped : agents.warm).add(id);
    await pace.rest('stopping idle agents');
  }
  return agents;
}

/** A turn may want it by now; only its host can tell for sure. */
async function closeIfIdle(
  services: Pick<Services, 'store' | 'paths'>,
  id: string,
  ifIdleMs: number,
): Promise<boolean> {
  if ((await services.store.turns.open(id)).length > 0) return false;
  return await closeWarm(services, { id }, ifIdleMs);
}
