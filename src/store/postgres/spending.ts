/**
 * What turns have cost since a time, and what running turns have reserved of a limit. Copied and imported turns are not
 * counted.
 */
import type { Turn } from '../../model/model.ts';
import { roundUsd } from '../../model/usd.ts';
import type { Reservation, ReservationRequest, Spending } from '../turn-store.ts';
import { notOwned } from '../refusals.ts';
import type { Reader, Writer } from './connection.ts';
import { openTurns } from './turns.ts';

/** Reservations are made one at a time, over all sessions. */
const RESERVE_LOCK = 8_347_201_657;
/** Deleted turns count for two days. */
const KEPT_MS = 172_800_000;

const SPENT = `SELECT (SELECT coalesce(sum(cost_usd), 0) FROM turns
    WHERE ended_at >= ? AND copied_from IS NULL AND made IS NULL)
  + (SELECT coalesce(sum(cost_usd), 0) FROM deleted_spending WHERE ended_at >= ?) AS usd`;

export async function readSpending(tx: Reader, since: number): Promise<Spending> {
  return await sum(tx, since, await openTurns(tx));
}

export async function reserve(
  tx: Writer,
  id: number,
  { owner, since, limitUsd, wantedUsd }: ReservationRequest,
): Promise<Reservation> {
  await tx.get('SELECT pg_advisory_xact_lock(?)', [RESERVE_LOCK]);
  const open = await openTurns(tx);
  const spending = await sum(
    tx,
    since,
    open.filter((turn) => turn.id !== id),
  );
  const leftUsd = roundUsd(limitUsd - spending.spentUsd - spending.reservedUsd);
  const isScarce = wantedUsd !== null && wantedUsd > leftUsd && spending.reservedUsd > 0;
  if (leftUsd <= 0 || isScarce) return { ...spending, grantedUsd: null };
  const grantedUsd = Math.min(wantedUsd ?? leftUsd, leftUsd);
  const limits = {
    ...open.find((turn) => turn.id === id)?.limits,
    maxBudgetUsd: grantedUsd,
    reservedUsd: grantedUsd,
  };
  const reserved = await tx.run(
    'UPDATE turns SET limits = ? WHERE id = ? AND owner = ? AND ended_at IS NULL',
    [JSON.stringify(limits), id, owner],
  );
  if (reserved === 0) throw notOwned(id);
  return { ...spending, grantedUsd };
}

/** Open turns are read first, so that a turn that ends in between counts in both sums rather than in none. */
async function sum(tx: Reader, since: number, open: readonly Turn[]): Promise<Spending> {
  return {
    spentUsd: (await tx.get<{ usd: number }>(SPENT, [since, since]))!.usd,
    reservedUsd: open.reduce((usd, { limits }) => usd + (limits.reservedUsd ?? 0), 0),
  };
}

/** Records the cost of turns before they are deleted. */
export async function keepSpending(tx: Writer, which: string, param: string | number): Promise<void> {
  const oldest = Date.now() - KEPT_MS;
  await tx.run('DELETE FROM deleted_spending WHERE ended_at < ?', [oldest]);
  await tx.run(
    `INSERT INTO deleted_spending SELECT ended_at, cost_usd FROM turns
     WHERE ${which} = ? AND cost_usd > 0 AND copied_from IS NULL AND made IS NULL AND ended_at > ?`,
    [param, oldest],
  );
}
