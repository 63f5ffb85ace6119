import { askWarmHost } from '../../agents/process/warm-client.ts';
import { findWarmHost } from '../../agents/process/warm-info.ts';
import { listRunDirectories } from '../../turns/run-files.ts';
import type { Services } from '../../turns/services.ts';
import { closeWarm } from '../../turns/warm.ts';
import type { Pace } from './pace.ts';

export interface WarmAgents {
  /** The sessions whose agent was stopped. */
  stopped: Set<string>;
  /** The sessions whose agent keeps running. */
  warm: Set<string>;
}

/** Stops the warm agents that were idle for this long, except those of pinned sessions. */
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

/** Asks the host to close, because a turn may have begun meanwhile and only the host knows. */
async function closeIfIdle(
  services: Pick<Services, 'store' | 'paths'>,
  id: string,
  ifIdleMs: number,
): Promise<boolean> {
  if ((await services.store.turns.open(id)).length > 0) return false;
  return await closeWarm(services, { id }, ifIdleMs);
}
