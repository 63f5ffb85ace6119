import { setTimeout as pause } from 'node:timers/promises';
import { SessionError } from '../errors.ts';
import { describeOwner } from '../system/owner.ts';
import type { Session, Turn } from '../model/model.ts';
import type { Services } from './services.ts';
import { settleTurn } from './settle.ts';
import type { StopRequest } from './stop-request.ts';
import { STOP_REASONS } from './stop-request.ts';

/** The polling interval for each turn that is ahead. No turn takes less time. */
const PAUSE_MS = 30;
const MAX_PAUSE_MS = 3000;
const SHOWN_CHARS = 60;

/**
 * Waits until a queued turn is the oldest open one of its session, and starts it.
 *
 * Turns whose owner died are settled here, so they do not block the queue. Throws BUSY when `waitMs` has passed, and
 * the error of `stop` when interrupted. The turn is still queued then.
 */
export async function waitForTurn(
  services: Services,
  session: Session,
  turn: Turn,
  waitMs: number,
  stop: StopRequest,
): Promise<void> {
  if (turn.status === 'running') return;
  const { store } = services;
  const deadline = Date.now() + waitMs;
  const leave = new AbortController();
  const asked = new AbortController();
  const unlisten = stop.listen(() => asked.abort());
  let settling: Promise<boolean> | undefined;
  try {
    for (let isFirst = true; ; isFirst = false) {
      const open = await store.turns.open(session.id);
      const ahead = open.findIndex(({ id }) => id === turn.id);
      if (ahead === -1) throw await endedMeanwhile(services, turn);
      if (stop.reason !== undefined)
        throw new SessionError(STOP_REASONS[stop.reason].code, 'Interrupted while waiting for another turn.');
      if (ahead === 0 && (await store.turns.start(turn.id, turn.owner!, Date.now()))) return;
      const holder = open[0]!;
      if (Date.now() >= deadline) throw await describeHolder(services, session, holder, waitMs);
      settling ??= settleTurn(services, session, holder, leave.signal).finally(() => (settling = undefined));
      if (isFirst) services.notice(`waiting for turn ${holder.id} of session ${session.id} to end`);
      const ms = Math.min(PAUSE_MS * Math.max(ahead, 1), MAX_PAUSE_MS, deadline - Date.now());
      const looksAgain = pause(Math.max(ms, 1), undefined, { signal: asked.signal }).catch(() => {});
      await Promise.race([settling.then((isSettled) => (isSettled ? undefined : looksAgain)), looksAgain]);
    }
  } finally {
    unlisten();
    leave.abort();
    await settling;
  }
}

/** Withdraws a turn that is not to wait, and throws BUSY, where another one of its session is open. */
export async function requireFirst(services: Services, session: Session, turn: Turn): Promise<void> {
  const { turns } = services.store;
  const [first] = await turns.open(session.id);
  if (first === undefined || first.id === turn.id) return;
  await turns.withdraw(turn.id, turn.owner!);
  throw await describeHolder(services, session, first, 0);
}

/** The error for a turn that ended while it waited: it was cancelled, or its owner was taken for dead. */
async function endedMeanwhile({ store }: Services, turn: Turn): Promise<SessionError> {
  const now = await store.turns.find(turn.id);
  return new SessionError(
    'INTERRUPTED',
    now?.errorMessage ?? `Turn ${turn.id} was ended by another process.`,
  );
}

async function describeHolder(
  { store }: Services,
  session: Session,
  holder: Turn,
  waitMs: number,
): Promise<SessionError> {
  const [asked] = await store.messages.list({
    sessionId: session.id,
    after: holder.id * 2 - 1,
    before: holder.id * 2 + 1,
  });
  const words = (asked?.content ?? '')
    .slice(0, 10 * SHOWN_CHARS)
    .replaceAll(/\s+/gu, ' ')
    .trim();
  const shown = words.length > SHOWN_CHARS ? `${words.slice(0, SHOWN_CHARS)}…` : words;
  const since = new Date(holder.startedAt ?? holder.queuedAt).toISOString();
  const who = holder.owner === null ? 'another process' : describeOwner(holder.owner);
  return new SessionError(
    'BUSY',
    `Session ${session.id} is busy: ${who} holds it since ${since} with "${shown}".`,
    {
      hint: `${waitMs > 0 ? 'Wait longer' : 'Wait for it'} with --wait, or stop it with "session cancel ${session.id}".`,
    },
  );
}
