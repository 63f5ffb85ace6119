import { setTimeout as pause } from 'node:timers/promises';
import { stopAgent } from '../agents/process/stop.ts';
import { askWarmHost } from '../agents/process/warm-client.ts';
import { findWarmHost } from '../agents/process/warm-info.ts';
import { selfOwner } from '../system/owner.ts';
import type { Session, Turn } from '../model/model.ts';
import { markCancelled, readAgentTrace, unmarkCancelled } from './run-files.ts';
import type { AgentTrace } from './run-files.ts';
import type { Services } from './services.ts';
import { settleTurn } from './settle.ts';
import { buildEnd } from './turn-end.ts';

const POLL_MS = 25;
/** Beyond the ladder's own five seconds: for the owner to store what was said. */
const OWNER_MS = 15_000;

/**
 * Ends every open turn of a session, from whatever process, newest first so that none moves up meanwhile.
 *
 * Returns the turns that were ended. What a running one has said so far is kept, and its owner tells of the end; where
 * the owner is gone, or does not do it in time, this process does. Aborted, it throws the reason: what it has asked to end
 * ends, and no other turn is asked.
 */
export async function cancelTurns(
  services: Services,
  session: Session,
  signal?: AbortSignal,
): Promise<Turn[]> {
  const open = (await services.store.turns.open(session.id)).toReversed();
  for (const turn of open) {
    signal?.throwIfAborted();
    if (turn.status === 'queued') await endQueued(services, turn);
    await endRunning(services, session, turn, signal);
  }
  return open;
}

async function endQueued({ store }: Services, turn: Turn): Promise<void> {
  const self = await store.turns.adopt(turn.id, turn.owner, selfOwner());
  if (self === undefined) return;
  const { end } = await buildEnd({
    turn,
    trace: undefined,
    ended: undefined,
    stopReason: 'cancel',
    failure: undefined,
  });
  await store.turns.finish(turn.id, self, end);
}

/** A warm agent is asked to give the turn up, by its host, and stays; any other is brought down. */
async function stopForeign({ paths }: Services, turn: Turn, trace: AgentTrace): Promise<void> {
  const host = trace.isShared ? findWarmHost(paths.warmInfo(turn.sessionId)) : undefined;
  const isAsked = host && (await askWarmHost(host, { ask: 'stop', turnId: turn.id }));
  if (isAsked === undefined) await stopAgent(trace);
}

async function endRunning(
  services: Services,
  session: Session,
  turn: Turn,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { store, paths } = services;
  const deadline = Date.now() + OWNER_MS;
  await store.leases?.cancel(turn.id);
  for (let stopping: Promise<unknown> | undefined; ; await pause(POLL_MS)) {
    const now = await store.turns.find(turn.id);
    if (now === undefined || now.endedAt !== null) return unmarkCancelled(paths, turn);
    markCancelled(paths, turn);
    const trace = readAgentTrace(paths, turn);
    if (trace) stopping ??= stopForeign(services, turn, trace);
    await stopping;
    signal?.throwIfAborted();
    if (await settleTurn(services, session, now)) return;
    if (Date.now() < deadline) continue;
    // Its owner had its time: it is a turn without one now, as that of a dead owner.
    if (!(await store.turns.disown(turn.id, now.owner))) continue;
    await settleTurn(services, session, { ...now, owner: null });
    return;
  }
}
