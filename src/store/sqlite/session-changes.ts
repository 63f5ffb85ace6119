import type { RecordedChange } from '../../model/session-change.ts';
import type { Reader, Writer } from './engine/connection.ts';

interface Row {
  session_id: string;
  what: RecordedChange['what'];
  from_value: string;
  to_value: string;
  by_user: string;
  at: number;
}

export function addChange(tx: Writer, { sessionId, what, from, to, by, at }: RecordedChange): void {
  tx.run(
    'INSERT INTO session_changes (session_id, what, from_value, to_value, by_user, at) VALUES (?, ?, ?, ?, ?, ?)',
    [sessionId, what, JSON.stringify(from), JSON.stringify(to), by, at],
  );
}

/** Oldest first. */
export function sessionChanges(tx: Reader, sessionId: string): RecordedChange[] {
  return tx
    .all<Row>('SELECT * FROM session_changes WHERE session_id = ? ORDER BY id', [sessionId])
    .map(({ session_id, what, from_value, to_value, by_user: by, at }) => ({
      sessionId: session_id,
      what,
      from: JSON.parse(from_value),
      to: JSON.parse(to_value),
      by,
      at,
    }));
}
