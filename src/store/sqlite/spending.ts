/**
 * What turns have cost since a time, and what running turns have reserved of a limit. Copied and imported turns are not
 * counted.
 */
import type { Turn } from '../../model/model.ts';
import { roundUsd } from '../../model/usd.ts';
import type { Reservation, ReservationRequest, Spending } from '../turn-store.ts';
import { notOwned } from '../refusals.ts';
import type { Reader, Writer } from './engine/connection.ts';
import { openTurns } from './turns.ts';

/** Includes turns that were deleted since; see the trigger in schema.ts. */
const SPENT = `SELECT (SELECT coalesce(sum(cost_usd), 0) FROM turns
    WHERE ended_at >= ?1 AND copied_from IS NULL AND made IS NULL)
  + (SELECT coalesce(sum(cost_usd), 0) FROM deleted_spending WHERE ended_at >= ?1) AS usd`;

export function readSpending(tx: Reader, since: number): Spending {
  return sum(tx, since, openTurns(tx));
}

export function reserve(
  tx: Writer,
  id: number,
  { owner, since, limitUsd, wantedUsd }: ReservationRequest,
): Reservation {
  const spending = sum(
    tx,
    since,
    openTurns(tx).filter((turn) => turn.id !== id),
  );
  const leftUsd = roundUsd(limitUsd - spending.spentUsd - spending.reservedUsd);
  const isScarce = wantedUsd !== null && wantedUsd > leftUsd && spending.reservedUsd > 0;
  if (leftUsd <= 0 || isScarce) return { ...spending, grantedUsd: null };
  const grantedUsd = Math.min(wantedUsd ?? leftUsd, leftUsd);
  const reserved = tx.run(
    `UPDATE turns SET limits = json_set(limits, '$.maxBudgetUsd', ?1, '$.reservedUsd', ?1)
     WHERE id = ?2 AND owner = ?3 AND ended_at IS NULL`,
    [grantedUsd, id, owner],
  );
  if (reserved === 0) throw notOwned(id);
  return { ...spending, grantedUsd };
}

function sum(tx: Reader, since: number, open: readonly Turn[]): Spending {
  return {
    spentUsd: tx.get<{ usd: number }>(SPENT, [since])!.usd,
    reservedUsd: open.reduce((usd, { limits }) => usd + (limits.reservedUsd ?? 0), 0),
  };
}
