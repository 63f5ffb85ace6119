/**
 * What retention asks for, in pages that each hold the lock for a moment only.
 *
 * Sessions are read in order of age, from an index that has all it takes to decide, so that a page costs what it holds,
 * not what the store holds.
 */
import type { Reader, SqlValue } from './engine/connection.ts';
import type { Database } from './engine/database.ts';
import type { PlannedSession, PlanRequest, PlanStep, Usage } from '../retention-store.ts';

/** How many sessions one transaction looks at. */
const PAGE = 1000;
const FOREVER = Number.MAX_SAFE_INTEGER;

/** Unpinned sessions that were last active, or put into the trash, after one time and until another. */
interface Stage extends Pick<PlanStep, 'action' | 'from' | 'isForSize'> {
  kind: 'live' | 'trash';
  after: number;
  until: number;
}

const COLUMNS = {
  id: 'id',
  name: 'name',
  row: 'rowid',
  root: 'root',
  agent: 'agent',
  bytes: 'bytes',
  agedAt: 'aged_at',
  trashedAt: 'trashed_at',
  lastActiveAt: 'last_active_at',
};
type Row = PlannedSession & Record<keyof typeof COLUMNS, SqlValue> & { row: number; isSpared: number };

const KINDS = {
  live: 'sessions INDEXED BY sessions_age_live WHERE trashed_at IS NULL',
  trash: 'sessions INDEXED BY sessions_age_trashed WHERE trashed_at IS NOT NULL',
};
/** As the indexes have it: the time that counts, and what decides between sessions of one time. */
const ORDERS = {
  live: ['agedAt', 'lastActiveAt', 'bytes', 'root', 'row'],
  trash: ['trashedAt', 'agedAt', 'lastActiveAt', 'bytes', 'root', 'row'],
} as const;
const PAGES = { live: selectPage('live'), trash: selectPage('trash') };

/** The sessions after a place in the order. */
function selectPage(kind: 'live' | 'trash'): string {
  const selected = Object.entries(COLUMNS).map(([name, column]) => `${column} AS ${name}`);
  const order = ORDERS[kind].map((name) => COLUMNS[name]);
  return `SELECT ${selected.join(', ')}, id IN (SELECT value FROM json_each(?)) AS isSpared
    FROM ${KINDS[kind]} AND pinned = 0 AND ${order[0]} <= ?
      AND (${order.join(', ')}) > (${order.map(() => '?').join(', ')}) ORDER BY ${order.join(', ')} LIMIT ${PAGE}`;
}

/** Of each root the last that it keeps, but for roots that keep all. */
const FLOORS = `SELECT roots.value AS root, last_active_at AS at, sessions.rowid AS row FROM json_each(?) AS roots
  JOIN sessions ON sessions.rowid = (SELECT rowid FROM sessions WHERE trashed_at IS NULL AND root = roots.value
    AND rowid NOT IN (SELECT rowid FROM sessions WHERE id IN (SELECT value FROM json_each(?)))
    ORDER BY last_active_at DESC, rowid DESC LIMIT 1 OFFSET ?)`;

/** What there is of either kind. */
export async function readUsage(db: Database): Promise<{ live: Usage; trash: Usage }> {
  const read = (kind: 'live' | 'trash'): Promise<Usage | undefined> =>
    db.read((tx) =>
      tx.get(`SELECT count(*) AS sessions, coalesce(sum(pinned), 0) AS pinned, coalesce(sum(bytes), 0) AS bytes
        FROM ${KINDS[kind]}`),
    );
  const none = { sessions: 0, pinned: 0, bytes: 0 };
  return { live: (await read('live')) ?? none, trash: (await read('trash')) ?? none };
}

export async function* planRetention(db: Database, request: PlanRequest): AsyncGenerator<PlanStep> {
  const spare = JSON.stringify([...request.spare.keys()]);
  let excess = request.excessBytes;
  for (const { kind, after, until, ...step } of listStages(request)) {
    const isMeant = (): boolean => excess > 0 || !step.isForSize;
    let place: SqlValue[] = [after, ...ORDERS[kind].slice(1).map(() => FOREVER)];
    for (let isMore = true; isMore && isMeant();) {
      const params = [spare, until, ...place];
      const page = await db.read((tx): { rows: Row[]; keeps: Keeps } => {
        const rows = tx.all<Row>(PAGES[kind], params);
        return { rows, keeps: kind === 'live' ? findKept(tx, request, rows) : () => false };
      });
      const last = page.rows.at(-1);
      isMore = page.rows.length === PAGE;
      if (last !== undefined) place = ORDERS[kind].map((name) => last[name]);
      const free = page.rows.filter(({ isSpared }) => !isSpared);
      const sessions = free.filter((row) => {
        if (page.keeps(row) || !isMeant()) return false;
        if (step.action === 'purge') excess -= row.bytes;
        return true;
      });
      const kept = free.filter(page.keeps).length;
      if (sessions.length + kept > 0) yield { ...step, sessions, kept };
    }
  }
}

type Keeps = (session: Row) => boolean;

/** Tells which sessions their roots keep. */
function findKept(tx: Reader, { keepLast, spare }: PlanRequest, rows: readonly Row[]): Keeps {
  if (keepLast === 0) return () => false;
  // What was used just now is newer than all others, and in a dry run will be.
  const young = [...spare].filter(([, why]) => why === 'young').map(([id]) => id);
  const roots = new Set(rows.map(({ root }) => root));
  const floors = tx.all<{ root: string; at: number; row: number }>(FLOORS, [
    JSON.stringify([...roots]),
    JSON.stringify(young),
    keepLast - 1,
  ]);
  const byRoot = new Map(floors.map((floor) => [floor.root, floor]));
  return ({ root, lastActiveAt: at, row }) => {
    const floor = byRoot.get(root);
    return floor === undefined || at > floor.at || (at === floor.at && row >= floor.row);
  };
}

/** In their order. What goes to the trash first is found there only if that was applied. */
function listStages({ at, maxAgeMs, purgeAfterMs }: PlanRequest): Stage[] {
  const activeUntil = Math.max(at - maxAgeMs, 0);
  const trashedUntil = Math.max(Math.min(at - purgeAfterMs, at - 1), 0);
  const isForSize = purgeAfterMs > 0;
  return [
    { action: 'trash', isForSize: false, from: 'live', kind: 'live', after: -1, until: activeUntil },
    { action: 'purge', isForSize: false, from: 'trash', kind: 'trash', after: -1, until: trashedUntil },
    { action: 'purge', isForSize: true, from: 'trash', kind: 'trash', after: trashedUntil, until: at - 1 },
    { action: 'purge', isForSize, from: 'fresh', kind: 'trash', after: at - 1, until: FOREVER },
    { action: 'purge', isForSize, from: 'fresh', kind: 'live', after: -1, until: activeUntil },
    { action: 'purge', isForSize: true, from: 'live', kind: 'live', after: activeUntil, until: FOREVER },
  ];
}
