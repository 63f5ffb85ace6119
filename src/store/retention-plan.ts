/** Plans retention, for every kind of store. Sessions are read by age, page by page. */
import type { PlannedSession, PlanRequest, PlanStep } from './retention-store.ts';
import type { SqlValue } from './sql-value.ts';

/** The number of sessions that one transaction reads. */
export const PAGE = 1000;
const FOREVER = Number.MAX_SAFE_INTEGER;

/** The columns of a page, by their names in it. */
export const PLAN_COLUMNS = {
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

/** The order of each index: the time, and the column that decides between sessions with the same time. */
export const PLAN_ORDERS = {
  live: ['agedAt', 'lastActiveAt', 'bytes', 'root', 'row'],
  trash: ['trashedAt', 'agedAt', 'lastActiveAt', 'bytes', 'root', 'row'],
} as const;

export type PlanKind = keyof typeof PLAN_ORDERS;

export type PlanRow = PlannedSession &
  Record<keyof typeof PLAN_COLUMNS, SqlValue> & { row: number; isSpared: number | boolean };

/** The last session that a root keeps; older ones may be removed. */
export interface Floor {
  root: string;
  at: number;
  row: number;
}

/** The query for a page: unpinned sessions after a position in the order, until a time. */
export interface PlanPage {
  kind: PlanKind;
  /** Ids whose rows are marked as spared. */
  spare: string[];
  until: number;
  place: SqlValue[];
  /** How many sessions each root keeps, and which sessions count as newer than all others. */
  floors: { keepLast: number; young: string[] } | null;
}

/** Reads a page in one transaction. A root without a `Floor` keeps all. */
export type ReadPlanPage = (page: PlanPage) => Promise<{ rows: PlanRow[]; floors: Floor[] }>;

/** Unpinned sessions that were last active, or moved to the trash, after one time and until another. */
interface Stage extends Pick<PlanStep, 'action' | 'from' | 'isForSize'> {
  kind: PlanKind;
  after: number;
  until: number;
}

export async function* planRetention(read: ReadPlanPage, request: PlanRequest): AsyncGenerator<PlanStep> {
  const { keepLast } = request;
  const spare = [...request.spare.keys()];
  // Sessions in use count as newer than all others, because after a real run they would be.
  const young = [...request.spare].filter(([, why]) => why === 'young').map(([id]) => id);
  let excess = request.excessBytes;
  for (const { kind, after, until, ...step } of listStages(request)) {
    const isMeant = (): boolean => excess > 0 || !step.isForSize;
    let place: SqlValue[] = [after, ...PLAN_ORDERS[kind].slice(1).map(() => FOREVER)];
    for (let isMore = true; isMore && isMeant();) {
      const isKeeping = kind === 'live' && keepLast > 0;
      const floors = isKeeping ? { keepLast, young } : null;
      const page = await read({ kind, spare, until, place, floors });
      const keeps = isKeeping ? buildKeeps(page.floors) : (): boolean => false;
      const last = page.rows.at(-1);
      isMore = page.rows.length === PAGE;
      if (last !== undefined) place = PLAN_ORDERS[kind].map((name) => last[name]);
      const free = page.rows.filter(({ isSpared }) => !isSpared);
      const sessions = free.filter((row) => {
        if (keeps(row) || !isMeant()) return false;
        if (step.action === 'purge') excess -= row.bytes;
        return true;
      });
      const kept = free.filter(keeps).length;
      if (sessions.length + kept > 0) yield { ...step, sessions, kept };
    }
  }
}

/** Tells which sessions their roots keep. */
function buildKeeps(floors: readonly Floor[]): (session: PlanRow) => boolean {
  const byRoot = new Map(floors.map((floor) => [floor.root, floor]));
  return ({ root, lastActiveAt: at, row }) => {
    const floor = byRoot.get(root);
    return floor === undefined || at > floor.at || (at === floor.at && row >= floor.row);
  };
}

/** The stages, in order. Sessions that an earlier stage moves to the trash are found there only if that was applied. */
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
