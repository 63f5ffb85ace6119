import type { RecordedChange } from '../../model/session-change.ts';
import { toChange } from '../rows.ts';
import type { ChangeRow } from '../rows.ts';
import type { Reader, Writer } from './connection.ts';

export async function addChange(
  tx: Writer,
  { sessionId, what, from, to, by, at }: RecordedChange,
): Promise<void> {
  await tx.run(
    'INSERT INTO session_changes (session_id, what, from_value, to_value, by_user, at) VALUES (?, ?, ?, ?, ?, ?)',
    [sessionId, what, JSON.stringify(from), JSON.stringify(to), by, at],
  );
}

/** Oldest first. */
export async function sessionChanges(tx: Reader, sessionId: string): Promise<RecordedChange[]> {
  const rows = await tx.all<ChangeRow>('SELECT * FROM session_changes WHERE session_id = ? ORDER BY id', [
    sessionId,
  ]);
  return rows.map(toChange);
}
