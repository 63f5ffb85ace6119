import type { Lease, ToldPart } from '../lease-store.ts';
import type { Reader, Writer } from './connection.ts';
import type { Database } from './database.ts';

/** How long a lease lasts without a renewal. */
const LEASE_SECONDS = 30;
/** A lease is renewed when it has no more than this left, so that long turns write little. */
const RENEW_SECONDS = 20;

/** The end of a lease that begins now. */
export const LEASED = `leased_until = clock_timestamp() + INTERVAL '${LEASE_SECONDS} seconds'`;

/** Most calls only read. */
export async function renewLease(
  db: Pick<Database, 'read' | 'write'>,
  id: number,
  owner: string,
  records: string,
): Promise<Lease> {
  const found = await db.read((tx) =>
    tx.get<{ isCancelled: boolean; isDue: boolean }>(
      `SELECT is_cancelled AS "isCancelled",
         leased_until < clock_timestamp() + INTERVAL '${RENEW_SECONDS} seconds' AS "isDue"
       FROM turns WHERE id = ? AND owner = ? AND ended_at IS NULL`,
      [id, owner],
    ),
  );
  if (found === undefined) return 'lost';
  if ((found.isDue || records !== '') && !(await db.write((tx) => renew(tx, id, owner, records))))
    return 'lost';
  return found.isCancelled ? 'cancelled' : 'held';
}

async function renew(tx: Writer, id: number, owner: string, records: string): Promise<boolean> {
  const renewed = await tx.run(`UPDATE turns SET ${LEASED} WHERE id = ? AND owner = ? AND ended_at IS NULL`, [
    id,
    owner,
  ]);
  if (renewed === 0) return false;
  if (records !== '')
    await tx.run(
      `INSERT INTO turn_records (turn_id, n, records)
       SELECT ?, coalesce(max(n), 0) + 1, ? FROM turn_records WHERE turn_id = ?`,
      [id, records, id],
    );
  return true;
}

export async function isHeld(tx: Reader, id: number): Promise<boolean> {
  const row = await tx.get<{ isHeld: boolean | null }>(
    'SELECT leased_until > clock_timestamp() AS "isHeld" FROM turns WHERE id = ? AND owner IS NOT NULL',
    [id],
  );
  return row?.isHeld === true;
}

export async function cancelTurn(tx: Writer, id: number): Promise<void> {
  await tx.run(
    'UPDATE turns SET is_cancelled = TRUE WHERE id = ? AND ended_at IS NULL AND NOT is_cancelled',
    [id],
  );
}

export async function readTold(tx: Reader, id: number, after: number): Promise<ToldPart[]> {
  return await tx.all<ToldPart>(
    'SELECT n, records FROM turn_records WHERE turn_id = ? AND n > ? ORDER BY n LIMIT 100',
    [id, after],
  );
}
