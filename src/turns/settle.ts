import { statSync } from 'node:fs';
import { stopAgent } from '../agents/process/stop.ts';
import { sweep } from '../agents/process/sweep.ts';
import { readAnswer } from '../agents/answer/answer-source.ts';
import { SessionError } from '../errors.ts';
import { isAlive, isGone, selfOwner } from '../system/owner.ts';
import { untilGone } from '../system/until-gone.ts';
import { keepTranscript } from './agent-transcript.ts';
import { describeFault, finishTurn } from './finish.ts';
import { HeldTurn } from './lease.ts';
import { removeLeftovers } from './leftovers.ts';
import type { Session, Turn } from '../model/model.ts';
import { readAgentTrace, removeAgentFiles, removeTurnFiles } from './run-files.ts';
import type { AgentTrace } from './run-files.ts';
import type { Services } from './services.ts';
import { StopRequest } from './stop-request.ts';
import { foldOptions, superviseAgent } from './supervise.ts';
import type { Ended, RunningAgent } from './supervise.ts';
import { buildEnd, findStopReason } from './turn-end.ts';
import type { TurnFailure } from './turn-end.ts';
import { readToldAnswer } from './told-answer.ts';

/**
 * An owner on another host or container counts as gone when its turn is silent for this much longer than the stall
 * timeout.
 */
const UNVERIFIABLE_MARGIN_MS = 60_000;

type Needed = Pick<Services, 'store' | 'paths' | 'env'>;

/** Settles all turns of a session whose owners are gone. A running agent without an owner continues. */
export async function settleSession(services: Needed, session: Session): Promise<void> {
  for (const turn of await services.store.turns.open(session.id)) await settleTurn(services, session, turn);
  await removeLeftovers(services, session);
}

/** Like `settleSession`, for commands that only read. In a store that is not writable, turns are not changed. */
export async function settleIfWritable(services: Needed, session: Session): Promise<void> {
  try {
    await settleSession(services, session);
  } catch (error) {
    const isRefused =
      error instanceof SessionError && ['STORE_UNREADABLE', 'STORE_FULL'].includes(error.code);
    if (!isRefused) throw error;
  }
}

/**
 * Finishes a turn whose owner is gone from its log, exactly once over all processes. True when the turn has ended.
 *
 * An agent that still works keeps its turn open. With `seeThrough` this process becomes the owner, enforces the turn's
 * limits, and resolves when the turn is done, or leaves it when `seeThrough` is aborted.
 */
export async function settleTurn(
  services: Needed,
  session: Session,
  seen: Turn,
  seeThrough?: AbortSignal,
): Promise<boolean> {
  const { store, paths } = services;
  if (!(await isOrphaned(services, seen))) return false;
  const trace = readAgentTrace(paths, seen);
  const isRunning = isAtWork(trace);
  if (isRunning && seeThrough === undefined) return false;
  const self = await store.turns.adopt(seen.id, seen.owner, selfOwner());
  if (self === undefined) return false;
  // The owner may have started the turn after we read it and before it died.
  const turn = (await store.turns.find(seen.id)) ?? seen;
  let ended: Ended | undefined;
  const stop = new StopRequest();
  let failure: TurnFailure | undefined;
  if (isRunning) {
    const held = new HeldTurn(store, { ...turn, owner: self }, stop);
    try {
      ended = await seeAgentThrough(services, session, turn, trace!, stop, seeThrough!);
    } catch (error) {
      failure = describeFault(error);
    } finally {
      await held.release();
    }
    if (seeThrough!.aborted) return false;
  }
  if (trace) await stopAgent(trace);
  // Processes of a warm agent have the mark of its first turn.
  const turnId = trace?.isShared === true ? undefined : turn.id;
  await sweep({ home: paths.home, sessionId: session.id, turnId });
  const stopReason = findStopReason(paths, turn, stop.reason);
  // Without a result the lost owner is the reason of the end, even if this process saw the agent exit.
  if (ended?.outcome.result === null) ended = undefined;
  // The files of a queued turn's session belong to an earlier turn.
  if (turn.status === 'running') removeAgentFiles(paths, session.id);
  await finishTurn(store, turn, self, async () => {
    const built = await buildEnd({ turn, trace, ended, stopReason, failure });
    const conversation = built.end.agentSession?.id;
    if (trace !== undefined && conversation !== undefined)
      await keepTranscript(services, session, { ...turn, owner: self }, conversation, trace.isShared);
    // A turn of another machine, whose log is there.
    if (trace !== undefined || store.leases === undefined) return built;
    return { ...built, end: { ...built.end, ...(await readToldAnswer(store.leases, turn.id)) } };
  });
  removeTurnFiles(paths, turn);
  return true;
}

/** Whether `settleTurn` would end the turn at once: its owner is gone, and its agent does not work on it. */
export async function isSettleable(services: Needed, turn: Turn): Promise<boolean> {
  return (await isOrphaned(services, turn)) && !isAtWork(readAgentTrace(services.paths, turn));
}

/** Whether the agent is running and has not answered yet. */
function isAtWork(trace: AgentTrace | undefined): boolean {
  return trace !== undefined && isAlive(trace.owner) === true && !isAnswered(trace);
}

async function isOrphaned({ paths, store }: Needed, turn: Turn): Promise<boolean> {
  if (turn.owner === null) return true;
  if (store.leases !== undefined && isAlive(turn.owner) === 'unknown')
    return !(await store.leases.isHeld(turn.id));
  const log = statSync(paths.turnLog(turn.sessionId, turn.id), { throwIfNoEntry: false });
  const lastSign = Math.max(turn.queuedAt, turn.startedAt ?? 0, log?.mtimeMs ?? 0);
  const { stallTimeoutMs, askTimeoutMs = 0 } = turn.limits;
  return isGone(turn.owner, lastSign, stallTimeoutMs + askTimeoutMs + UNVERIFIABLE_MARGIN_MS);
}

async function seeAgentThrough(
  { paths }: Needed,
  session: Session,
  turn: Turn,
  trace: AgentTrace,
  stop: StopRequest,
  signal: AbortSignal,
): Promise<Ended> {
  const done = new AbortController();
  const agent: RunningAgent = {
    owner: trace.owner,
    send: undefined,
    endInput: undefined,
    exited: untilGone(trace.owner, AbortSignal.any([signal, done.signal])),
  };
  const stderrPath = paths.agentStderr(turn.sessionId, turn.id);
  const watched = superviseAgent(session, turn, {
    trace,
    agent,
    stop,
    requireMcp: false,
    stderrPath,
    signal,
  });
  try {
    for (;;) {
      const step = await watched.next();
      if (step.done === true) return step.value;
    }
  } finally {
    // A warm agent keeps running.
    done.abort();
  }
}

/** Whether the turn has ended in its log. */
function isAnswered(trace: AgentTrace): boolean {
  const { logPath, logStart } = trace;
  try {
    const { result, isLost } = readAnswer(logPath, { start: logStart }, foldOptions(trace)).outcome;
    return result !== null || isLost;
  } catch (error) {
    describeFault(error);
    // An unreadable log has no further answer.
    return true;
  }
}
