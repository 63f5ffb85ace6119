/**
 * What gc does to the store, in steps that hold its lock for a moment only.
 *
 * Sessions are taken in order of age, from an index that has all it takes to decide, so that a step costs what it takes,
 * not what the store holds. A step that only looks takes the same sessions as one that acts.
 */
import { AGES } from './age-order.ts';
import type { Reader, Writer } from './engine/connection.ts';
import { beginPurge } from './purge.ts';
import type {
  AgeCursor,
  CollectResult,
  CollectStep,
  CollectedSession,
  Floors,
  MarkedSession,
} from '../retention-store.ts';

/** How many sessions one transaction looks at, or acts on, and for how long; its commit may take as long again. */
const LOOK_AT = 4_000;
const ACT_ON = 1_000;
const ACT_MS = 40;

interface Candidate {
  row: number;
  id?: string;
  name?: string | null;
  since: number;
  at: number;
  bytes: number;
  root: string;
}

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

/** Takes the next sessions of a step and deals with them; with a fate, `tx` must be a Writer. */
export function collectSessions(tx: Reader, step: CollectStep): CollectResult {
  const result: CollectResult = {
    taken: { sessions: 0, bytes: 0 },
    kept: 0,
    next: undefined,
    unfinished: [],
    sessions: [],
  };
  if (step.fate !== 'none' && step.after === undefined) correctTimes(tx as Writer, Date.now());
  const limit = step.fate === 'none' ? LOOK_AT : ACT_ON;
  const after = step.after ?? [-1, -1, -1, '', -1];
  const spare = JSON.stringify(step.spare);
  const select = step.withSessions === true ? NAMED_CANDIDATES : CANDIDATES;
  const found = tx.all<Candidate>(select[step.from], [step.until, ...after, spare, limit]);
  const until = performance.now() + ACT_MS;
  let looked = 0;
  for (const each of found) {
    if (result.taken.bytes >= (step.enoughBytes ?? Infinity)) return { ...result, next: undefined };
    looked++;
    result.next = cursorOf(each);
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

/**
 * A time that is still to come was taken from a wrong clock: the age of such a session begins now. Not where the newest
 * turn or session is from the future too: then it may be this clock that is behind.
 */
function correctTimes(tx: Writer, now: number): void {
  const newest = tx.get<{ at: number }>(
    `SELECT max(coalesce((SELECT queued_at FROM turns ORDER BY id DESC LIMIT 1), 0),
      coalesce((SELECT created_at FROM sessions ORDER BY rowid DESC LIMIT 1), 0)) AS at`,
  );
  if (newest!.at > now) return;
  tx.run('UPDATE sessions SET last_active_at = ?1 WHERE trashed_at IS NULL AND last_active_at > ?1', [now]);
  tx.run('UPDATE sessions SET trashed_at = ?1 WHERE pinned IN (0, 1) AND trashed_at > ?1', [now]);
}

function act(tx: Writer, { row, bytes }: Candidate, fate: { trashedAt: number } | 'purge'): MarkedSession[] {
  if (fate === 'purge') return beginPurge(tx, row, bytes);
  tx.run('UPDATE sessions SET trashed_at = ? WHERE rowid = ?', [fate.trashedAt, row]);
  return [];
}

function cursorOf({ since, at, bytes, root, row }: Candidate): AgeCursor {
  return [since, at, bytes, root, row];
}

function isKept({ root, at, row }: Candidate, floors: Floors | undefined): boolean {
  if (floors === undefined) return false;
  const floor = floors.get(root);
  return floor === undefined || at > floor.at || (at === floor.at && row >= floor.row);
}

function describe(id: string, { name = null, root, at, bytes }: Candidate): CollectedSession {
  return { id, name, root, bytes, lastActiveAt: at };
}
