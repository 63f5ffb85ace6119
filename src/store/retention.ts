/**
 * What gc does to the store, in steps that hold its lock for a moment only.
 *
 * Sessions are taken in order of age, from an index that has all it takes to decide, so that a step costs what it takes,
 * not what the store holds. A step that only looks takes the same sessions as one that acts.
 */
import type { Reader, Writer } from './connection.ts';
import { beginPurge, PURGING } from './purge.ts';
import type {
  AgeCursor,
  CollectedSession,
  CollectResult,
  CollectStep,
  Floors,
  Tally,
} from './retention-store.ts';
import { changeSession } from './sessions.ts';
import { hasOpenTurn } from './turns.ts';

/** How many sessions one transaction counts, looks at, or acts on, and for how long; its commit may take as long again. */
const COUNT_AT_ONCE = 20_000;
const LOOK_AT = 4_000;
const ACT_ON = 1_000;
const ACT_MS = 40;
const ROOTS_AT_ONCE = 1_000;

interface Candidate {
  row: number;
  id?: string;
  name?: string | null;
  since: number;
  at: number;
  bytes: number;
  root: string;
}

/** Where the sessions of either kind are in order of age. */
const AGES = {
  live: { index: 'sessions_age_live', state: 'IS NULL', times: ['last_active_at'] },
  trash: { index: 'sessions_age_trashed', state: 'IS NOT NULL', times: ['trashed_at', 'last_active_at'] },
} as const;

/** The unpinned ones, oldest first; from the index alone, unless they are to be told. */
const CANDIDATES = { live: selectCandidates('live'), trash: selectCandidates('trash') };
const NAMED_CANDIDATES = {
  live: selectCandidates('live', ', id, name'),
  trash: selectCandidates('trash', ', id, name'),
};

function selectCandidates(from: 'live' | 'trash', details = ''): string {
  const { index, state, times } = AGES[from];
  const order = [...times, 'bytes', 'root', 'rowid'];
  return `SELECT rowid AS row, ${times[0]} AS since, last_active_at AS at, bytes, root ${details}
    FROM sessions INDEXED BY ${index}
    WHERE trashed_at ${state} AND pinned = 0 AND ${times[0]} <= ?
      AND (${order.join(', ')}) > (${order.map(() => '?').join(', ')})
      AND rowid NOT IN (SELECT rowid FROM sessions WHERE id IN
        (SELECT session_id FROM turns WHERE ended_at IS NULL UNION ALL SELECT value FROM json_each(?)))
    ORDER BY ${order.join(', ')} LIMIT ?`;
}

/** Counts some more sessions of a kind, in order of age, and says up to which time; undefined when that was all. */
export function readTally(
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
export function readFloors(
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

/** Takes the next sessions of a step and deals with them; with a fate, `tx` must be a Writer. */
export function collectSessions(tx: Reader, step: CollectStep): CollectResult {
  const result: CollectResult = {
    taken: { sessions: 0, bytes: 0 },
    kept: 0,
    next: undefined,
    unfinished: [],
    sessions: [],
  };
  const limit = step.fate === 'none' ? LOOK_AT : ACT_ON;
  const after = step.after ?? (step.from === 'live' ? [-1, -1, '', -1] : [-1, -1, -1, '', -1]);
  const spare = JSON.stringify(step.spare);
  const select = step.withSessions === true ? NAMED_CANDIDATES : CANDIDATES;
  const found = tx.all<Candidate>(select[step.from], [step.until, ...after, spare, limit]);
  const until = performance.now() + ACT_MS;
  let looked = 0;
  for (const each of found) {
    if (result.taken.bytes >= (step.enoughBytes ?? Infinity)) return { ...result, next: undefined };
    looked++;
    result.next = cursorOf(each, step.from);
    if (isKept(each, step.floors)) {
      result.kept++;
      continue;
    }
    if (each.id !== undefined) result.sessions.push(describe(each.id, each));
    result.taken.sessions++;
    result.taken.bytes += each.bytes;
    if (step.fate === 'none') continue;
    result.unfinished.push(...act(tx as Writer, each, step.fate));
    if (performance.now() > until) break;
  }
  return looked < found.length || found.length === limit ? result : { ...result, next: undefined };
}

function act(tx: Writer, { row, bytes }: Candidate, fate: { trashedAt: number } | 'purge'): string[] {
  if (fate === 'purge') return beginPurge(tx, row, bytes);
  tx.run('UPDATE sessions SET trashed_at = ? WHERE rowid = ?', [fate.trashedAt, row]);
  return [];
}

function cursorOf({ since, at, bytes, root, row }: Candidate, from: CollectStep['from']): AgeCursor {
  return from === 'live' ? [at, bytes, root, row] : [since, at, bytes, root, row];
}

function isKept({ root, at, row }: Candidate, floors: Floors | undefined): boolean {
  if (floors === undefined) return false;
  const floor = floors.get(root);
  return floor === undefined || at > floor.at || (at === floor.at && row >= floor.row);
}

function describe(id: string, { name = null, root, at, bytes }: Candidate): CollectedSession {
  return { id, name, root, bytes, lastActiveAt: at };
}

export function trashSession(tx: Writer, id: string, at: number): boolean {
  if (hasOpenTurn(tx, id)) return false;
  tx.run('UPDATE sessions SET trashed_at = ? WHERE id = ? AND trashed_at IS NULL', [at, id]);
  return true;
}

/** Brings a session back, as active now; false when it is not in the trash, or being deleted. Throws USAGE when its name was given away. */
export function restoreSession(tx: Writer, id: string, at: number): boolean {
  const isThere = tx.get(`SELECT 1 AS isThere FROM sessions WHERE id = ? AND trashed_at > ${PURGING}`, [id]);
  return isThere !== undefined && changeSession(tx, id, { trashedAt: null, lastActiveAt: at });
}

/** The lock of the store is held meanwhile, and without it no turn is queued. */
export function whileIdle(tx: Reader, sessionId: string, work: () => void): boolean {
  if (hasOpenTurn(tx, sessionId)) return false;
  work();
  return true;
}
