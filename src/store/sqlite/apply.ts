import type { Writer } from './engine/connection.ts';
import type { Database } from './engine/database.ts';
import { PURGING } from './purge.ts';
import { agentConversations } from './sessions.ts';
import type { PlannedSession, PlanStep, TakenSession } from '../retention-store.ts';

/** How long the work of a transaction takes; its commit may take the same time again. */
const PART_MS = 40;

/** Applies a step of the plan to those of its sessions that have not changed since. */
export async function applyStep(
  db: Database,
  { action, sessions }: PlanStep,
  at: number,
): Promise<TakenSession[]> {
  const taken: TakenSession[] = [];
  for (let n = 0; n < sessions.length;)
    await db.write((tx) => {
      const until = performance.now() + PART_MS;
      for (; n < sessions.length && performance.now() < until; n++) {
        const session = sessions[n]!;
        const isPurge = action === 'purge';
        if (!putAway(tx, session, isPurge ? PURGING : at)) continue;
        taken.push({ ...session, conversations: isPurge ? agentConversations(tx, session.id, false) : [] });
      }
    });
  return taken;
}

/** Moves a session to the trash, or marks it as being deleted. In the second case its name becomes free. */
function putAway(tx: Writer, { id, lastActiveAt, trashedAt }: PlannedSession, to: number): boolean {
  const changes = tx.run(
    `UPDATE sessions SET trashed_at = ?4, name = iif(?4 = ${PURGING}, NULL, name)
     WHERE id = ?1 AND last_active_at = ?2 AND trashed_at IS ?3 AND pinned = 0
       AND NOT EXISTS (SELECT 1 FROM turns WHERE session_id = ?1 AND ended_at IS NULL)`,
    [id, lastActiveAt, trashedAt, to],
  );
  return changes > 0;
}

/** Changes nothing where the newest turn or session is from the future too: then this computer's clock may be slow. */
export function correctTimes(tx: Writer, now: number): void {
  const newest = tx.get<{ at: number }>(
    `SELECT max(coalesce((SELECT queued_at FROM turns WHERE id = (SELECT max(id) FROM turns)), 0),
      coalesce((SELECT created_at FROM sessions WHERE rowid = (SELECT max(rowid) FROM sessions)), 0)) AS at`,
  );
  if (newest!.at > now) return;
  tx.run('UPDATE sessions SET last_active_at = ?1 WHERE trashed_at IS NULL AND last_active_at > ?1', [now]);
  tx.run('UPDATE sessions SET trashed_at = ?1 WHERE pinned IN (0, 1) AND trashed_at > ?1', [now]);
}
