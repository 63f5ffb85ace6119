import { existsSync, statSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { followLog } from '../agents/process/follow.ts';
import { findAgent } from '../agents/table.ts';
import type { TurnOutput } from '../model/records.ts';
import type { Session, Turn } from '../model/model.ts';
import { followElsewhere } from './lease.ts';
import { readAgentTrace } from './run-files.ts';
import type { Services } from './services.ts';
import { isAlive } from '../system/owner.ts';
import { settleTurn } from './settle.ts';
import { openTurnReader } from './supervise.ts';
import { readRest, buildStoredEnd, readStoredTurn } from './stored-turn.ts';
import type { TurnProgress } from './progress.ts';
import { WatchedQuestions } from './watched-questions.ts';

const POLL_MS = 100;

/** The current turn of a session: the running one, else the next queued one, else the last that ended. */
export async function findCurrentTurn({ store }: Services, session: Session): Promise<Turn | undefined> {
  const [open] = await store.turns.open(session.id);
  return open ?? (await store.turns.last(session.id, 1))[0];
}

/**
 * Waits for a turn to end, wherever it runs, and returns it; undefined when `signal` was aborted first.
 *
 * When the owner is gone, this process becomes the owner and finishes the turn.
 */
export async function waitForEnd(
  services: Services,
  session: Session,
  id: number,
  signal: AbortSignal,
): Promise<Turn | undefined> {
  for (;;) {
    const turn = await services.store.turns.find(id);
    if (turn === undefined || turn.endedAt !== null) return turn;
    if (signal.aborted) return undefined;
    if (!(await settleTurn(services, session, turn, signal))) await pause(POLL_MS);
  }
}

/**
 * The records of a turn as its own `send` prints them, from the beginning or from now. Any number of processes may
 * watch.
 */
export async function* watchTurn(
  services: Services,
  session: Session,
  turn: Turn,
  fromNow: boolean,
  signal: AbortSignal,
): AsyncGenerator<TurnOutput[]> {
  const { store } = services;
  if (turn.endedAt !== null) return yield* readStoredTurn(store, session, turn);
  const ended = waitForEnd(services, session, turn.id, signal);
  const told = yield* followTurn(services, session, turn, fromNow, ended, signal);
  const end = await ended;
  if (end === undefined) return undefined;
  if (told === undefined) return yield* readStoredTurn(store, session, end);
  // The stored text of a masked turn differs from the log, so the position in it is unknown.
  if (told !== 'all' && turn.limits.redact === undefined) yield* readRest(store, end, told);
  yield await buildStoredEnd(store, end);
  return undefined;
}

/** Yields the records of the turn's log as it grows, and returns how much that was; undefined when there was no log. */
async function* followTurn(
  { paths, store }: Services,
  session: Session,
  turn: Turn,
  fromNow: boolean,
  ended: Promise<unknown>,
  signal: AbortSignal,
): AsyncGenerator<TurnOutput[], TurnProgress | 'all' | undefined> {
  let isOver = false;
  const wake = ended.then(
    () => (isOver = true),
    () => (isOver = true),
  );
  let trace = readAgentTrace(paths, turn);
  if (trace === undefined && store.leases !== undefined && isAlive(turn.owner ?? '') === 'unknown')
    return yield* followElsewhere(store.leases, turn, () => isOver);
  for (; trace === undefined && !isOver; trace = readAgentTrace(paths, turn))
    await Promise.race([wake, pause(POLL_MS)]);
  if (trace === undefined || !existsSync(trace.logPath)) return undefined;
  const { logPath, isShared } = trace;
  const { parse } = findAgent(trace.agent);
  const { fold, narrator } = openTurnReader(session, turn, trace);
  const questions = new WatchedQuestions(turn, store.approvals);
  const silentUntil = fromNow ? (statSync(logPath, { throwIfNoEntry: false })?.size ?? 0) : trace.logStart;
  for await (const batch of followLog(logPath, {
    offset: trace.logStart,
    isOver: () => isOver,
    wake,
    signal,
  })) {
    // A shared log is truncated after this turn is stored, so these lines may belong to the next turn.
    if (isShared && (await store.turns.find(turn.id))?.endedAt !== null) break;
    const out = await questions.takeTold();
    for (const line of batch)
      for (const event of parse(line.text)) {
        const answered = questions.push(event);
        if (line.end > silentUntil) out.push(...answered);
        for (const update of fold.push(event)) {
          const told = narrator.tell(update);
          if (line.end > silentUntil || update.type === 'init') out.push(...told);
        }
      }
    if (out.length > 0) yield out;
    if (fold.isOver) break;
  }
  yield narrator.finish();
  // A turn that failed at a usage limit may have continued.
  const { result, length, toolCallCount } = fold.outcome;
  return result?.isError === false ? 'all' : { units: length, calls: toolCallCount };
}
