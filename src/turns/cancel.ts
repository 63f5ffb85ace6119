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
/** The owner's time to store the answer, in addition to the five seconds for stopping the agent. */
const OWNER_MS = 15_000;

/**
 * Ends every open turn of a session, of any process, newest first so that no queued turn starts meanwhile.
 *
 * Returns the turns that were ended. The answer so far of a running turn is kept. Its owner stores the end; when the
 * owner is gone or too slow, this process does. When aborted, it throws the reason. Turns that were already asked still
 * end, and no others are asked.
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

/**
 * Stops a turn of another process. A warm agent is told by its host to stop the turn, and keeps running. Any other
 * agent is ended.
 */
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
    // The owner was too slow, so the turn is handled like one whose owner is gone.
    if (!(await store.turns.disown(turn.id, now.owner))) continue;
    await settleTurn(services, session, { ...now, owner: null });
    return;
  }
}
