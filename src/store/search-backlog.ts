/**
 * Messages from before the store had an index. They are taken in from the newest to the oldest, in steps short enough
 * that whoever waits for the lock hardly notices; messages that are written meanwhile are indexed as always.
 */
import type { Reader, Writer } from './connection.ts';

const STEP_MESSAGES = 50;

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
    tx.run(
      'INSERT INTO message_index (docid, content, session) SELECT rowid, content, session FROM message_texts WHERE rowid = ?',
      [id],
    );
    tx.run(
      `INSERT INTO message_index (docid, content, session)
       SELECT message_id + (n << 40), CAST(index_text(message_parts.content) AS TEXT), session_id
       FROM message_parts JOIN messages ON messages.id = message_id WHERE message_id = ? AND n < 12 ORDER BY n`,
      [id],
    );
  }
  const below = ids.length < STEP_MESSAGES ? 0 : ids.at(-1)!.id;
  tx.run('UPDATE message_index_state SET unindexed_below = ?', [below]);
  return below;
}
