/**
 * Drops the words of deleted messages from the search index.
 *
 * FTS4 only notes that a document is gone; its words stay in the segments of the index, as keys, until those are merged
 * with the note (https://www.sqlite.org/fts3.html#data_structures). All segments are put on one level, above those that
 * new messages use, and merged there into one, some pages a step, so that others get at the store in between. This
 * rewrites the whole index, about 30 ms for each megabyte of messages, and so is done once for all that a command deletes.
 */
import type { Writer } from './engine/connection.ts';

/** What is left to do. Words may have been deleted again while the merge goes on: then it begins anew. */
const CLEAN = 0;
const WANTED = 1;
const MERGING = 2;

/** New segments begin at level 0, and sixteen of them make one of the next. */
const LEVEL = 30;
const STEP_MS = 40;
const PAGES_AT_ONCE = 32;

/** To be called by whoever deletes messages that nobody is to find again. */
export function requireCleaning(tx: Writer): void {
  tx.run('UPDATE message_index_state SET cleaning = ? WHERE cleaning <> ?', [WANTED, WANTED]);
}

/** Does a part of the cleaning; true when nothing is left to do. */
export function cleanIndex(tx: Writer): boolean {
  const state = tx.get<{ cleaning: number }>('SELECT cleaning FROM message_index_state')?.cleaning ?? CLEAN;
  if (state === CLEAN) return true;
  if (state === WANTED) {
    gatherSegments(tx);
    return setState(tx, MERGING);
  }
  const until = performance.now() + STEP_MS;
  while (performance.now() < until) {
    const before = countChanges(tx);
    tx.run('INSERT INTO message_index (message_index) VALUES (?)', [`merge=${PAGES_AT_ONCE},2`]);
    // FTS4 counts its own bookkeeping as one change.
    if (countChanges(tx) - before < 2) return setState(tx, countOld(tx) > 1 ? WANTED : CLEAN);
  }
  return false;
}

/** Older segments come first on a level, and have higher levels; the note of a merge under way would be of another level. */
function gatherSegments(tx: Writer): void {
  const segments = tx.all<{ row: number }>(
    'SELECT rowid AS row FROM message_index_segdir ORDER BY level DESC, idx',
  );
  tx.run('UPDATE message_index_segdir SET level = -1 - level');
  for (const [n, { row }] of segments.entries())
    tx.run('UPDATE message_index_segdir SET level = ?, idx = ? WHERE rowid = ?', [LEVEL, n, row]);
  tx.run('DELETE FROM message_index_stat WHERE id = 1');
}

function setState(tx: Writer, state: number): boolean {
  tx.run('UPDATE message_index_state SET cleaning = ?', [state]);
  return state === CLEAN;
}

function countOld(tx: Writer): number {
  return tx.get<{ n: number }>('SELECT count(*) AS n FROM message_index_segdir WHERE level >= ?', [LEVEL])!.n;
}

function countChanges(tx: Writer): number {
  return tx.get<{ n: number }>('SELECT total_changes() AS n')!.n;
}
