import { SessionError } from '../errors.ts';
import type { TurnOutput } from '../model/records.ts';
import { selfOwner } from '../system/owner.ts';
import type { Session, Turn } from '../model/model.ts';
import { checkBudget } from './budget.ts';
import { checkDay, reserveOfDay } from './daily-limit.ts';
import { requirePower } from './power.ts';
import { checkFiles } from './message-files.ts';
import { checkMessage } from './request.ts';
import type { SendRequest } from './request.ts';
import { HeldTurn } from './lease.ts';
import { waitForTurn } from './queue.ts';
import { chooseRedaction, createRedactor } from './redact.ts';
import { runTurn } from './run-turn.ts';
import { inTrash } from '../store/refusals.ts';
import type { Services } from './services.ts';
import { settleSession } from './settle.ts';
import type { StopRequest } from './stop-request.ts';
import { buildEnd } from './turn-end.ts';

/**
 * Sends a message and yields the turn's records, `done` last; the answer is stored before `done` is yielded.
 *
 * Throws before the turn has started (BUSY, BUDGET_EXCEEDED, USAGE, …), and then nothing is stored. After that every
 * failure is a record.
 */
export async function* sendTurn(
  services: Services,
  session: Session,
  request: SendRequest,
  stop: StopRequest,
): AsyncGenerator<TurnOutput[]> {
  stop.throwIfAsked();
  const turn = await queueTurn(services, session, request);
  yield* runQueued(services, session, turn, request, stop, false);
}

/** Takes over a turn that another process queued for us. Throws INTERRUPTED when it has ended meanwhile. */
export async function adoptQueued({ store }: Services, id: number): Promise<Turn> {
  const turn = await store.turns.find(id);
  const owner = turn && (await store.turns.adopt(id, turn.owner, selfOwner()));
  if (owner !== undefined) return { ...turn!, owner };
  throw new SessionError('INTERRUPTED', `Turn ${id} was not handed over.`);
}

/**
 * Waits for the turns before a queued one, and runs it.
 *
 * A turn that can't start is withdrawn, so that nothing is stored. When its id was already printed (`isKnown`), it ends
 * as failed.
 */
export async function* runQueued(
  services: Services,
  session: Session,
  turn: Turn,
  request: SendRequest,
  stop: StopRequest,
  isKnown: boolean,
): AsyncGenerator<TurnOutput[]> {
  const held = new HeldTurn(services.store, turn, stop);
  try {
    let reserved: Turn;
    try {
      await waitForTurn(services, session, turn, request.waitMs, stop);
      reserved = await reserveOfDay(services, session, turn, request, stop);
    } catch (error) {
      if (isKnown) await endUnbegun(services, turn, error, stop);
      else await services.store.turns.withdraw(turn.id, turn.owner!);
      throw error;
    }
    for await (const outputs of runTurn(services, reserved, request, stop)) {
      held.tell(outputs);
      yield outputs;
    }
  } finally {
    await held.release();
  }
}

async function endUnbegun({ store }: Services, turn: Turn, error: unknown, stop: StopRequest): Promise<void> {
  const { code, message, hint } =
    error instanceof SessionError
      ? error
      : { code: 'AGENT_FAILED' as const, message: String(error), hint: undefined };
  const status = stop.reason === undefined ? 'failed' : 'interrupted';
  const failure = { status, code, message, hint } as const;
  const { end } = await buildEnd({
    turn,
    trace: undefined,
    ended: undefined,
    stopReason: undefined,
    failure,
  });
  await store.turns.finish(turn.id, turn.owner!, end);
}

/** Adds a turn to the session's queue, and stores the message. */
export async function queueTurn(services: Services, session: Session, request: SendRequest): Promise<Turn> {
  const { store, settings } = services;
  checkMessage(request.message);
  checkFiles(request.files, request.message);
  requirePower(session.mode, settings);
  if (session.trashedAt !== null) throw inTrash(session.id);
  await settleSession(services, session);
  checkBudget(session);
  await checkDay(services, request.limits.maxDailyUsd);
  const redact = chooseRedaction(settings);
  const { turn } = await store.turns.enqueue({
    sessionId: session.id,
    message: redact === undefined ? request.message : createRedactor(redact).text(request.message),
    files: request.files,
    owner: selfOwner(),
    limits: { ...request.limits, ...(redact && { redact }) },
    at: Date.now(),
  });
  return turn;
}
