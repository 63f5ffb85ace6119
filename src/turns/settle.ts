import { statSync } from 'node:fs';
import { stopAgent } from '../agents/process/stop.ts';
import { sweep } from '../agents/process/sweep.ts';
import { readAnswer } from '../agents/answer/answer-source.ts';
import { SessionError } from '../errors.ts';
import { isAlive, isGone, selfOwner } from '../system/owner.ts';
import { untilGone } from '../system/until-gone.ts';
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

/** An owner elsewhere (another host or container) counts as gone when its turn shows no sign of life for this much longer than a stall. */
const UNVERIFIABLE_MARGIN_MS = 60_000;

type Needed = Pick<Services, 'store' | 'paths'>;

/** Settles all turns of a session whose owners are gone; running agents without an owner go on. */
export async function settleSession(services: Needed, session: Session): Promise<void> {
  for (const turn of await services.store.turns.open(session.id)) await settleTurn(services, session, turn);
  await removeLeftovers(services, session);
}

/** As `settleSession`, for who only reads: where nothing can be written, turns stay as they are. */
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
 * Finishes a turn whose owner is gone, from its log, exactly once over all processes. True when the turn has ended.
 *
 * An agent still at work keeps its turn open; with `seeThrough` this process takes the owner's place, holds the agent
 * to the turn's limits, and resolves when it is done, or leaves it when `seeThrough` is aborted.
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
  // Its owner may have started it between our look and its death.
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
  // What a warm agent has started carries the mark of its first turn.
  const turnId = trace?.isShared === true ? undefined : turn.id;
  await sweep({ home: paths.home, sessionId: session.id, turnId });
  const stopReason = findStopReason(paths, turn, stop.reason);
  // Without a result it is the loss of its owner that ended the turn, whether or not somebody watched the agent leave.
  if (ended?.outcome.result === null) ended = undefined;
  // Those of a queued turn's session belong to the turn before it.
  if (turn.status === 'running') removeAgentFiles(paths, session.id);
  await finishTurn(store, turn, self, () => buildEnd({ turn, trace, ended, stopReason, failure }));
  removeTurnFiles(paths, turn);
  return true;
}

/** Whether `settleTurn` would end the turn at once: its owner is gone, and its agent is not at work on it. */
export async function isSettleable(services: Needed, turn: Turn): Promise<boolean> {
  return (await isOrphaned(services, turn)) && !isAtWork(readAgentTrace(services.paths, turn));
}

/** Whether its agent may still answer: one that is up, and has not. */
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
    // A warm agent stays up.
    done.abort();
  }
}

/** Whether nothing more in the log of a turn counts. */
function isAnswered(trace: AgentTrace): boolean {
  const { logPath, logStart } = trace;
  try {
    const { result, isLost } = readAnswer(logPath, { start: logStart }, foldOptions(trace)).outcome;
    return result !== null || isLost;
  } catch (error) {
    describeFault(error);
    // Nothing more will be understood of it.
    return true;
  }
}
