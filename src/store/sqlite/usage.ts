/** What there is and what roots keep, asked in many short transactions, so that others are not kept waiting. */
import { AGES } from './age-order.ts';
import type { Reader } from './engine/connection.ts';
import type { Database } from './engine/database.ts';
import type { Floors, Tally, Usage } from '../retention-store.ts';

const COUNT_AT_ONCE = 20_000;
const ROOTS_AT_ONCE = 1_000;

/** What all sessions hold, counted in many short transactions. */
export async function readUsage(db: Database): Promise<Usage> {
  const count = async (from: 'live' | 'trash', pinned: boolean): Promise<Tally> => {
    const sum: Tally = { sessions: 0, bytes: 0 };
    for (let after: number | undefined = -1; after !== undefined;) {
      const begin: number = after;
      const { tally, next } = await db.read((tx) => readTally(tx, from, pinned, begin));
      sum.sessions += tally.sessions;
      sum.bytes += tally.bytes;
      after = next;
    }
    return sum;
  };
  return {
    live: { pinned: await count('live', true), unpinned: await count('live', false) },
    trash: { pinned: await count('trash', true), unpinned: await count('trash', false) },
  };
}

/** Where each root's newest sessions begin, looked up in many short transactions. */
export async function findFloors(db: Database, keepLast: number): Promise<Floors> {
  const found: [string, { at: number; row: number }][] = [];
  for (let after: string | undefined = ''; after !== undefined;) {
    const begin: string = after;
    const { floors, next } = await db.read((tx) => readFloors(tx, keepLast, begin));
    found.push(...floors);
    after = next;
  }
  return new Map(found);
}

/** Counts some more sessions of a kind, in order of age, and says up to which time; undefined when that was all. */
function readTally(
  tx: Reader,
  from: 'live' | 'trash',
  pinned: boolean,
  after: number,
): { tally: Tally; next: number | undefined } {
  const { index, state, times } = AGES[from];
  const kind = `FROM sessions INDEXED BY ${index} WHERE trashed_at ${state} AND pinned = ? AND ${times[0]} > ?`;
  const next = tx.get<{ at: number }>(
    `SELECT ${times[0]} AS at ${kind} ORDER BY ${times[0]} LIMIT 1 OFFSET ${COUNT_AT_ONCE}`,
    [pinned, after],
  )?.at;
  const tally = tx.get<Tally>(
    `SELECT count(*) AS sessions, coalesce(sum(bytes), 0) AS bytes ${kind} AND ${times[0]} <= ?`,
    [pinned, after, next ?? Number.MAX_SAFE_INTEGER],
  );
  return { tally: tally ?? { sessions: 0, bytes: 0 }, next };
}

/** The floors of some more roots, by name, and the last of these roots; undefined when there are no more. */
function readFloors(
  tx: Reader,
  keepLast: number,
  after: string,
): { floors: Floors; next: string | undefined } {
  const rows = tx.all<{ root: string; at: number | null; row: number | null }>(
    `WITH RECURSIVE roots (root) AS (
       SELECT min(root) FROM sessions WHERE trashed_at IS NULL AND root > ?
       UNION ALL
       SELECT (SELECT min(root) FROM sessions WHERE trashed_at IS NULL AND root > roots.root) FROM roots
       WHERE roots.root IS NOT NULL LIMIT ?)
     SELECT roots.root AS root, floor.last_active_at AS at, floor.rowid AS row FROM roots
     LEFT JOIN sessions AS floor ON floor.rowid =
       (SELECT rowid FROM sessions WHERE trashed_at IS NULL AND root = roots.root
        ORDER BY last_active_at DESC, rowid DESC LIMIT 1 OFFSET ?)
     WHERE roots.root IS NOT NULL`,
    [after, ROOTS_AT_ONCE, keepLast - 1],
  );
  const full = rows.filter(({ row }) => row !== null);
  return {
    floors: new Map(full.map(({ root, at, row }) => [root, { at: at!, row: row! }])),
    next: rows.length < ROOTS_AT_ONCE ? undefined : rows.at(-1)?.root,
  };
}
