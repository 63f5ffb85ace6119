import { readdirSync } from 'node:fs';
import { findWarmHost } from '../agents/process/warm-info.ts';
import type { WarmInfo } from '../agents/process/warm-protocol.ts';
import { isAlive, pidOf } from '../system/owner.ts';
import type { Session, SessionState, SessionSummary, Turn } from '../model/model.ts';
import { readAgentTrace } from '../turns/run-files.ts';
import type { Services } from '../turns/services.ts';

/** The current activity of a session. */
export interface LiveState {
  state: SessionState;
  /** Whether an agent process of the session is running. */
  isAlive: boolean;
  /** The running turn. */
  turn: Turn | undefined;
  /** Its warm agent. */
  warm: WarmInfo | undefined;
}

/** The current state of a warm agent. */
export interface WarmAgent {
  pid: number | null;
  since: number;
  /** Null when its host does not answer. */
  idleLeftMs: number | null;
}

/** Reads the state of a session's warm agent; undefined when it has none. */
export async function readWarmAgent(
  { paths }: Pick<Services, 'paths'>,
  session: Session,
): Promise<WarmAgent | undefined> {
  const warm = findWarmHost(paths.warmInfo(session.id));
  if (warm === undefined) return undefined;
  const { askWarmHost } = await import('../agents/process/warm-client.ts');
  const status = await askWarmHost(warm, { ask: 'status' });
  return {
    pid: (warm.agentOwner === null ? undefined : pidOf(warm.agentOwner)) ?? null,
    since: warm.startedAt,
    idleLeftMs: status?.idleLeftMs ?? null,
  };
}

/** The live state of sessions, by id, from one query of all open turns. */
export async function readLiveStates(
  { store, paths }: Pick<Services, 'store' | 'paths'>,
  sessions: readonly SessionSummary[],
): Promise<Map<string, LiveState>> {
  const open = await store.turns.open(sessions.length === 1 ? sessions[0]!.id : undefined);
  const inUse = listRunDirectories(paths.run);
  return new Map(
    sessions.map((session) => {
      const turn = open.find(({ sessionId }) => sessionId === session.id);
      const trace = turn && readAgentTrace(paths, turn);
      const warm = inUse.has(session.id) ? findWarmHost(paths.warmInfo(session.id)) : undefined;
      const resting = warm === undefined ? 'idle' : 'warm';
      const state = session.trashedAt !== null ? 'trashed' : turn === undefined ? resting : 'running';
      const isUp = warm !== undefined || (trace !== undefined && isAlive(trace.owner) === true);
      return [session.id, { state, isAlive: isUp, turn, warm }];
    }),
  );
}

/** The sessions with a run directory. One listing is cheaper than a check for each session. */
function listRunDirectories(path: string): Set<string> {
  try {
    return new Set(readdirSync(path));
  } catch {
    return new Set();
  }
}
