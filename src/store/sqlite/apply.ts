import type { Writer } from './engine/connection.ts';
import type { Database } from './engine/database.ts';
import { PURGING } from './purge.ts';
import { agentConversations } from './sessions.ts';
import type { PlannedSession, PlanStep, TakenSession } from '../retention-store.ts';

/** How long a transaction works; its commit may take as long again. */
const PART_MS = 40;

/** Does what a step of the plan says to its sessions, as far as they are as they were then. */
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

/** One that is being deleted gives its name away. */
function putAway(tx: Writer, { id, lastActiveAt, trashedAt }: PlannedSession, to: number): boolean {
  const changes = tx.run(
    `UPDATE sessions SET trashed_at = ?4, name = iif(?4 = ${PURGING}, NULL, name)
     WHERE id = ?1 AND last_active_at = ?2 AND trashed_at IS ?3 AND pinned = 0
       AND NOT EXISTS (SELECT 1 FROM turns WHERE session_id = ?1 AND ended_at IS NULL)`,
    [id, lastActiveAt, trashedAt, to],
  );
  return changes > 0;
}

/** Not where the newest turn or session is from the future too: then it may be this clock that is behind. */
export function correctTimes(tx: Writer, now: number): void {
  const newest = tx.get<{ at: number }>(
    `SELECT max(coalesce((SELECT queued_at FROM turns WHERE id = (SELECT max(id) FROM turns)), 0),
      coalesce((SELECT created_at FROM sessions WHERE rowid = (SELECT max(rowid) FROM sessions)), 0)) AS at`,
  );
  if (newest!.at > now) return;
  tx.run('UPDATE sessions SET last_active_at = ?1 WHERE trashed_at IS NULL AND last_active_at > ?1', [now]);
  tx.run('UPDATE sessions SET trashed_at = ?1 WHERE pinned IN (0, 1) AND trashed_at > ?1', [now]);
}
