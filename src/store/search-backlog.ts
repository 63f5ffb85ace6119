/**
 * Messages from before the store had an index. They are taken in from the newest to the oldest, in steps short enough
 * that whoever waits for the lock hardly notices; messages that are written meanwhile are indexed as always.
 */
import type { Reader, Writer } from './connection.ts';

const STEP_MESSAGES = 50;
const INDEX = `INSERT INTO message_index (docid, content, session, characters)
  SELECT rowid, content, session, characters FROM message_texts`;

/** All messages from this id on are indexed; 0 when all are. */
export function unindexedBelow(tx: Reader): number {
  return tx.get<{ below: number }>('SELECT unindexed_below AS below FROM message_index_state')?.below ?? 0;
}

/** Takes some more messages in; returns what is now `unindexedBelow`. */
export function indexMore(tx: Writer): number {
  const ids = tx.all<{ id: number }>('SELECT id FROM messages WHERE id < ? ORDER BY id DESC LIMIT ?', [
    unindexedBelow(tx),
    STEP_MESSAGES,
  ]);
  for (const { id } of ids.toReversed()) {
    tx.run(`${INDEX} WHERE rowid = ?`, [id]);
    const parts = `SELECT message_id + (n << 40) FROM message_parts WHERE message_id = ? AND n < 12`;
    tx.run(`${INDEX} WHERE rowid IN (${parts}) ORDER BY rowid`, [id]);
  }
  const below = ids.length < STEP_MESSAGES ? 0 : ids.at(-1)!.id;
  tx.run('UPDATE message_index_state SET unindexed_below = ?', [below]);
  return below;
}
