import { setTimeout as pause } from 'node:timers/promises';
import { SessionError } from '../errors.ts';
import type { Session, Turn } from '../model/model.ts';
import { formatUsd } from '../model/usd.ts';
import type { Store } from '../store/store.ts';
import type { Spending } from '../store/turn-store.ts';
import { leftToSpend } from './budget.ts';
import type { SendRequest } from './request.ts';
import type { Services } from './services.ts';
import { settleTurn } from './settle.ts';
import { STOP_REASONS } from './stop-request.ts';
import type { StopRequest } from './stop-request.ts';

const DAY_MS = 86_400_000;
/** The interval for checking what others have reserved. */
const PAUSE_MS = 250;

/** When the day began, in UTC, as in `stats`. */
function startOfDay(now = Date.now()): number {
  return now - (now % DAY_MS);
}

/** Throws BUDGET_EXCEEDED when the turns of the day have spent its limit. */
export async function checkDay(
  { store }: Pick<Services, 'store'>,
  limitUsd: number | undefined,
): Promise<void> {
  if (limitUsd === undefined) return;
  const spending = await store.turns.spending(startOfDay());
  if (spending.spentUsd >= limitUsd) throw exceeded(limitUsd, spending);
}

/** Describes what the turns of the day have spent of the limit. */
export async function describeDay(store: Store, limitUsd: number): Promise<string> {
  const { spentUsd, reservedUsd } = await store.turns.spending(startOfDay());
  const held = reservedUsd > 0 ? `, and ${formatUsd(reservedUsd)} is reserved by turns that run` : '';
  return `today (UTC) ${formatUsd(spentUsd)} of ${formatUsd(limitUsd)} is spent${held}`;
}

/**
 * Reserves what a started turn may cost of the day's limit, so that turns that run at the same time don't exceed it
 * together.
 *
 * When others have reserved the rest, it waits for them like a queued turn. Throws BUDGET_EXCEEDED when nothing is left
 * or the wait was too long, and the error of `stop` when stopped.
 */
export async function reserveOfDay(
  services: Services,
  session: Session,
  turn: Turn,
  { waitMs }: Pick<SendRequest, 'waitMs'>,
  stop: StopRequest,
): Promise<Turn> {
  const { maxDailyUsd: limitUsd, maxBudgetUsd } = turn.limits;
  if (limitUsd === undefined) return turn;
  const { store } = services;
  const deadline = Date.now() + waitMs;
  const wantedUsd = leftToSpend(session, maxBudgetUsd);
  for (let isFirst = true; ; isFirst = false) {
    const { grantedUsd, ...spending } = await store.turns.reserve(turn.id, {
      owner: turn.owner!,
      since: startOfDay(),
      limitUsd,
      wantedUsd,
    });
    if (grantedUsd !== null)
      return { ...turn, limits: { ...turn.limits, maxBudgetUsd: grantedUsd, reservedUsd: grantedUsd } };
    if (spending.reservedUsd === 0 || Date.now() >= deadline) throw exceeded(limitUsd, spending);
    if (stop.reason !== undefined)
      throw new SessionError(
        STOP_REASONS[stop.reason].code,
        "Interrupted while waiting for a part of the day's limit.",
      );
    if (isFirst)
      services.notice(
        `waiting for other turns: they have reserved ${formatUsd(spending.reservedUsd)}, what is left of today's ${formatUsd(limitUsd)}; turns with a --max-budget-usd reserve no more than that`,
      );
    await settleOthers(services, turn);
    await pause(PAUSE_MS);
  }
}

/** Settles turns whose owners are gone, to free what they reserved. */
async function settleOthers(services: Services, { id }: Turn): Promise<void> {
  for (const other of await services.store.turns.open()) {
    if (other.id === id || other.limits.reservedUsd === undefined) continue;
    const session = await services.store.sessions.find(other.sessionId);
    if (session !== undefined) await settleTurn(services, session, other);
  }
}

function exceeded(limitUsd: number, { spentUsd, reservedUsd }: Spending): SessionError {
  const held = reservedUsd > 0 ? `, and turns that run have reserved ${formatUsd(reservedUsd)}` : '';
  const free = new Date(startOfDay() + DAY_MS).toISOString();
  return new SessionError(
    'BUDGET_EXCEEDED',
    `The turns of today have spent ${formatUsd(spentUsd)} of the day's limit of ${formatUsd(limitUsd)} (maxDailyUsd)${held}.`,
    { hint: `The next day begins at ${free}. Raise the limit with "session config set maxDailyUsd USD".` },
  );
}
