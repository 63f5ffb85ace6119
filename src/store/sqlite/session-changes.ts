import type { RecordedChange } from '../../model/session-change.ts';
import { toChange } from '../rows.ts';
import type { ChangeRow } from '../rows.ts';
import type { Reader, Writer } from './engine/connection.ts';

export function addChange(tx: Writer, { sessionId, what, from, to, by, at }: RecordedChange): void {
  tx.run(
    'INSERT INTO session_changes (session_id, what, from_value, to_value, by_user, at) VALUES (?, ?, ?, ?, ?, ?)',
    [sessionId, what, JSON.stringify(from), JSON.stringify(to), by, at],
  );
}

/** Oldest first. */
export function sessionChanges(tx: Reader, sessionId: string): RecordedChange[] {
  return tx
    .all<ChangeRow>('SELECT * FROM session_changes WHERE session_id = ? ORDER BY id', [sessionId])
    .map(toChange);
}
