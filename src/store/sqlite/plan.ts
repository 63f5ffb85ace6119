/**
 * Reads the pages of the retention plan, each of which holds the lock only for a short time.
 *
 * Sessions are read by age from a covering index, so that the time of a page does not depend on the size of the store.
 */
import {
  PAGE,
  PLAN_COLUMNS,
  PLAN_ORDERS,
  type Floor,
  type PlanPage,
  type PlanRow,
} from '../retention-plan.ts';
import type { Usage } from '../retention-store.ts';
import type { Reader } from './engine/connection.ts';
import type { Database } from './engine/database.ts';

const KINDS = {
  live: 'sessions INDEXED BY sessions_age_live WHERE trashed_at IS NULL',
  trash: 'sessions INDEXED BY sessions_age_trashed WHERE trashed_at IS NOT NULL',
};
const PAGES = { live: selectPage('live'), trash: selectPage('trash') };

/** The sessions after a position in the order. */
function selectPage(kind: 'live' | 'trash'): string {
  const selected = Object.entries(PLAN_COLUMNS).map(([name, column]) => `${column} AS ${name}`);
  const order = PLAN_ORDERS[kind].map((name) => PLAN_COLUMNS[name]);
  return `SELECT ${selected.join(', ')}, id IN (SELECT value FROM json_each(?)) AS isSpared
    FROM ${KINDS[kind]} AND pinned = 0 AND ${order[0]} <= ?
      AND (${order.join(', ')}) > (${order.map(() => '?').join(', ')}) ORDER BY ${order.join(', ')} LIMIT ${PAGE}`;
}

/** For each root the last session that it keeps, except roots that keep all. */
const FLOORS = `SELECT roots.value AS root, last_active_at AS at, sessions.rowid AS row FROM json_each(?) AS roots
  JOIN sessions ON sessions.rowid = (SELECT rowid FROM sessions WHERE trashed_at IS NULL AND root = roots.value
    AND rowid NOT IN (SELECT rowid FROM sessions WHERE id IN (SELECT value FROM json_each(?)))
    ORDER BY last_active_at DESC, rowid DESC LIMIT 1 OFFSET ?)`;

/** A page of the plan, with the last kept sessions of its roots. */
export function readPage(
  tx: Reader,
  { kind, spare, until, place, floors }: PlanPage,
): { rows: PlanRow[]; floors: Floor[] } {
  const rows = tx.all<PlanRow>(PAGES[kind], [JSON.stringify(spare), until, ...place]);
  if (floors === null) return { rows, floors: [] };
  const roots = JSON.stringify([...new Set(rows.map(({ root }) => root))]);
  const young = JSON.stringify(floors.young);
  return { rows, floors: tx.all<Floor>(FLOORS, [roots, young, floors.keepLast - 1]) };
}

/** The usage of live and of trashed sessions. */
export async function readUsage(db: Database): Promise<{ live: Usage; trash: Usage }> {
  const read = (kind: 'live' | 'trash'): Promise<Usage | undefined> =>
    db.read((tx) =>
      tx.get(`SELECT count(*) AS sessions, coalesce(sum(pinned), 0) AS pinned, coalesce(sum(bytes), 0) AS bytes
        FROM ${KINDS[kind]}`),
    );
  const none = { sessions: 0, pinned: 0, bytes: 0 };
  return { live: (await read('live')) ?? none, trash: (await read('trash')) ?? none };
}
