/**
 * What gc does to the store, in steps that hold its lock for a moment only.
 *
 * Sessions are taken in order of age from an index that has all it takes to decide, so that a step costs what it takes,
 * not what the store holds. A step that only looks goes exactly as one that acts.
 */
import type { Reader, SqlValue, Writer } from './connection.ts';
import { beginPurge } from './purge.ts';
import type { AgeCursor, CollectedSession, CollectResult, CollectStep, Floors, Usage } from './upkeep.ts';

/** What one step looks at, and for how long it may act; its commit takes as long again. */
const LOOK_AT = 4_000;
const ACT_ON = 1_000;
const ACT_MS = 40;

interface Candidate {
  row: number;
  since: number;
  at: number;
  bytes: number;
  root: string;
}

const ORDER = 'at, bytes, root, row';

/** The unpinned sessions of either kind, oldest first; one index each. */
const CANDIDATES = {
  live: candidates('last_active_at', 'sessions_age_live', 'trashed_at IS NULL', ['last_active_at']),
  trash: candidates('trashed_at', 'sessions_age_trashed', 'trashed_at IS NOT NULL', [
    'trashed_at',
    'last_active_at',
  ]),
};

function candidates(since: string, index: string, condition: string, times: string[]): string {
  const order = [...times, 'bytes', 'root', 'rowid'].join(', ');
  const cursor = Array.from({ length: times.length + 3 }, () => '?').join(', ');
  return `SELECT rowid AS row, ${since} AS since, last_active_at AS at, bytes, root FROM sessions INDEXED BY ${index}
    WHERE ${condition} AND pinned = 0 AND ${since} <= ? AND (${order}) > (${cursor})
      AND rowid NOT IN (SELECT rowid FROM sessions WHERE id IN (
        SELECT session_id FROM turns WHERE ended_at IS NULL UNION SELECT value FROM json_each(?)))
    ORDER BY ${order} LIMIT ?`;
}
