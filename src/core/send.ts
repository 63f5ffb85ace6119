import { SessionError } from '../errors.ts';
import type { TurnOutput } from '../output/records.ts';
import { selfOwner } from '../system/owner.ts';
import type { Session, Turn } from './model.ts';
import { checkBudget } from './budget.ts';
import { requirePower } from './power.ts';
import type { SendRequest } from './request.ts';
import { waitForTurn } from './queue.ts';
import { chooseRedaction, createRedactor } from './redact.ts';
import { runTurn } from './run-turn.ts';
import type { Services } from './services.ts';
import { settleSession } from './settle.ts';
import type { StopRequest } from './stop-request.ts';

/** The longest message an agent takes (CONTRACT §l), in bytes. */
const MAX_MESSAGE_BYTES = 12 << 20;

/**
 * Sends a message and yields the turn's records, `done` last; the answer is stored before `done` is yielded.
 *
 * Throws before the turn has begun (BUSY, BUDGET_EXCEEDED, USAGE, …), and then it is as if nothing had been asked.
 * From then on every failure is a record.
 */
export async function* sendTurn(
  services: Services,
  session: Session,
  request: SendRequest,
  stop: StopRequest,
): AsyncGenerator<TurnOutput[]> {
  stop.throwIfAsked();
  const turn = await queueTurn(services, session, request);
  try {
    await waitForTurn(services, session, turn, request.waitMs, stop);
  } catch (error) {
    await services.store.withdrawTurn(turn.id);
    throw error;
  }
  yield* runTurn(services, turn, request, stop);
}

/** Takes a place in the session's queue; the message is stored from here on. */
export async function queueTurn(services: Services, session: Session, request: SendRequest): Promise<Turn> {
  const { store, settings } = services;
  checkMessage(request.message);
  requirePower(session.mode, settings);
  if (session.trashedAt !== null)
    throw new SessionError('NO_SESSION', `Session ${session.id} is in the trash.`, {
      hint: `Bring it back with "session restore ${session.id}".`,
    });
  await settleSession(services, session);
  checkBudget(session);
  const redact = chooseRedaction(settings);
  const { turn } = await store.enqueueTurn({
    sessionId: session.id,
    message: redact === undefined ? request.message : createRedactor(redact).text(request.message),
    owner: selfOwner(),
    limits: { ...request.limits, ...(redact && { redact }) },
    at: Date.now(),
  });
  return turn;
}

/** Throws USAGE for a message that no agent takes. */
export function checkMessage(message: string): void {
  if (message.trim() === '')
    throw new SessionError('USAGE', 'The message is empty.', {
      hint: 'Give it as arguments, with --file, or on stdin.',
    });
  const bytes = Buffer.byteLength(message);
  if (bytes > MAX_MESSAGE_BYTES)
    throw new SessionError('USAGE', `The message has ${bytes} bytes; the most is ${MAX_MESSAGE_BYTES}.`, {
      hint: 'Put it into a file below the root and name the file in the message.',
    });
}
