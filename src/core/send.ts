import { SessionError } from '../errors.ts';
import type { TurnOutput } from '../output/records.ts';
import { selfOwner } from '../system/owner.ts';
import type { Session, Turn, TurnLimits } from './model.ts';
import { requirePower } from './mode.ts';
import { waitForTurn } from './queue.ts';
import { runTurn } from './run-turn.ts';
import type { Services } from './services.ts';
import { settleSession } from './settle.ts';
import type { StopRequest } from './stop-request.ts';

/** One message, and what its turn is to respect. */
export interface SendRequest {
  message: string;
  /** Lets the agent act on a leading /command and on @files in the message. */
  expand: boolean;
  /** How long the turn may take; counted from its start, not from its place in the queue. */
  timeoutMs: number | null;
  limits: Omit<TurnLimits, 'deadlineAt'>;
  /** How long to wait for the turns before it; 0 not to wait. */
  waitMs: number;
  maxRetries: number | null;
  requireMcp: boolean;
  failOnDenied: boolean;
  /** Where to keep a copy of the agent's raw stream. */
  recordPath: string | null;
}

/** The longest message an agent takes (CONTRACT §l), in bytes. */
const MAX_MESSAGE_BYTES = 12 << 20;

/**
 * Sends a message and yields the turn's records, `done` last; the answer is stored before `done` is yielded.
 *
 * Throws before a turn exists (BUSY, BUDGET_EXCEEDED, USAGE, …). From then on every failure is a record.
 */
export async function* sendTurn(
  services: Services,
  session: Session,
  request: SendRequest,
  stop: StopRequest,
): AsyncGenerator<TurnOutput[]> {
  const turn = await queueTurn(services, session, request);
  await waitForTurn(services, session, turn, request.waitMs, stop);
  yield* startTurn(services, turn, request, stop);
}

/** Takes a place in the session's queue; the message is safe from here on. */
export async function queueTurn(services: Services, session: Session, request: SendRequest): Promise<Turn> {
  const { store, settings } = services;
  checkMessage(request.message);
  requirePower(session.mode, settings);
  await settleSession(services, session);
  checkBudget(session);
  const { turn } = await store.enqueueTurn({
    sessionId: session.id,
    message: request.message,
    owner: selfOwner(),
    limits: { ...request.limits, deadlineAt: null },
    at: Date.now(),
  });
  return turn;
}

/** Runs a turn whose time has come, on the session as it now is: turns before it may have changed it. */
async function* startTurn(
  services: Services,
  queued: Turn,
  request: SendRequest,
  stop: StopRequest,
): AsyncGenerator<TurnOutput[]> {
  const session = await services.store.findSession(queued.sessionId);
  if (session === undefined)
    throw new SessionError('NO_SESSION', `Session ${queued.sessionId} was removed meanwhile.`);
  const deadlineAt = request.timeoutMs === null ? null : Date.now() + request.timeoutMs;
  const turn: Turn = { ...queued, startedAt: Date.now(), limits: { ...queued.limits, deadlineAt } };
  yield* runTurn(services, session, turn, request, stop);
}

function checkMessage(message: string): void {
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

/** Throws BUDGET_EXCEEDED when nothing is left of a session's budget. */
export function checkBudget({ id, budgetUsd, costUsd }: Session): void {
  if (budgetUsd === null || costUsd < budgetUsd) return;
  throw new SessionError(
    'BUDGET_EXCEEDED',
    `Session ${id} has spent $${costUsd.toFixed(4)} of its budget of $${budgetUsd}.`,
    {
      hint: 'Go on in a new session, or create it with a larger --budget-usd.',
    },
  );
}
