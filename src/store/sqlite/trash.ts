import type { Reader, Writer } from './engine/connection.ts';
import { PURGING } from './purge.ts';
import { changeSession } from './sessions.ts';
import { hasOpenTurn } from './turns.ts';

export function trashSession(tx: Writer, id: string, at: number): boolean {
  if (hasOpenTurn(tx, id)) return false;
  tx.run('UPDATE sessions SET trashed_at = ? WHERE id = ? AND trashed_at IS NULL', [at, id]);
  return true;
}

/**
 * Restores a session and sets its last activity to `at`. Returns false when it is not in the trash, or is being
 * deleted. Throws USAGE when its name is used by another session.
 */
export function restoreSession(tx: Writer, id: string, at: number): boolean {
  const isThere = tx.get(`SELECT 1 AS isThere FROM sessions WHERE id = ? AND trashed_at > ${PURGING}`, [id]);
  return isThere !== undefined && changeSession(tx, id, { trashedAt: null, lastActiveAt: at });
}

/** Runs `work` while no turn of the session is open. The store's lock is held meanwhile, so no turn can be queued. */
export function whileIdle(tx: Reader, sessionId: string, work: () => void): boolean {
  if (hasOpenTurn(tx, sessionId)) return false;
  work();
  return true;
}
