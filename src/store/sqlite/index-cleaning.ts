/**
 * Removes the words of deleted messages from the search index.
 *
 * FTS4 only marks a document as deleted. Its words stay in the segments of the index, as keys, until those are merged
 * with the mark (https://www.sqlite.org/fts3.html#data_structures). All segments are moved to one level, above those
 * that new messages use, and merged there into one, some pages in each step, so that other processes can use the store
 * in between. This rewrites the whole index, about 30 ms for each megabyte of messages, so it is done once for all that
 * a command deletes.
 */
import type { Writer } from './engine/connection.ts';

/** The states of the cleaning. If words are deleted while the merge runs, it begins again. */
const CLEAN = 0;
const WANTED = 1;
const MERGING = 2;

/**
 * The level to which segments are moved. New segments begin at level 0, and sixteen of them are merged into one of the
 * next level.
 */
const LEVEL = 30;
const STEP_MS = 40;
const PAGES_AT_ONCE = 32;

/** Requests a cleaning. Call it when messages were deleted whose words must not be found any longer. */
export function requireCleaning(tx: Writer): void {
  tx.run('UPDATE message_index_state SET cleaning = ? WHERE cleaning <> ?', [WANTED, WANTED]);
}

/** Does a part of the cleaning. Returns true when nothing is left to do. */
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
    // FTS4 counts its own update of the index as one change.
    if (countChanges(tx) - before < 2) return setState(tx, countOld(tx) > 1 ? WANTED : CLEAN);
  }
  return false;
}

/**
 * Moves all segments to one level. Older segments come first on a level, and have higher levels. The note of a running
 * merge is for another level, so it is deleted.
 */
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
