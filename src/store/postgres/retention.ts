/** Moves sessions to the trash, and deletes them permanently. */
import { PAGE, PLAN_COLUMNS, PLAN_ORDERS } from '../retention-plan.ts';
import type { Floor, PlanPage, PlanRow } from '../retention-plan.ts';
import type { PlannedSession, PlanStep, TakenSession, Usage } from '../retention-store.ts';
import type { Reader, Writer } from './connection.ts';
import type { Database } from './database.ts';
import { lockSession } from './rows.ts';
import { agentConversations, changeSession, hasOpenTurn } from './sessions.ts';
import { keepSpending } from './spending.ts';
import { IN_LIST } from './session-list.ts';

/** The value of `trashed_at` for a session that is being deleted. */
const PURGING = 0;
/** The number of sessions moved to the trash, or turns deleted, in one transaction. */
const AT_ONCE = 100;

export async function readUsage(tx: Reader): Promise<{ live: Usage; trash: Usage }> {
  const read = async (state: string): Promise<Usage> =>
    (await tx.get<Usage>(
      `SELECT count(*) AS sessions, coalesce(sum(pinned), 0) AS pinned, coalesce(sum(bytes), 0) AS bytes
       FROM sessions WHERE trashed_at ${state}`,
    )) ?? { sessions: 0, pinned: 0, bytes: 0 };
  return { live: await read('IS NULL'), trash: await read('IS NOT NULL') };
}

const COLUMNS = { ...PLAN_COLUMNS, row: 'seq' };
const PAGES = { live: selectPage('live'), trash: selectPage('trash') };

function selectPage(kind: 'live' | 'trash'): string {
  const selected = Object.entries(COLUMNS).map(([name, column]) => `${column} AS "${name}"`);
  const order = PLAN_ORDERS[kind].map((name) => COLUMNS[name]);
  // The position after all roots is not a valid root.
  const places = PLAN_ORDERS[kind].map((name) => (name === 'root' ? '?::text COLLATE "C"' : '?::bigint'));
  return `SELECT ${selected.join(', ')}, ${IN_LIST} AS "isSpared" FROM sessions
    WHERE trashed_at ${kind === 'live' ? 'IS NULL' : 'IS NOT NULL'} AND pinned = 0 AND ${order[0]} <= ?
      AND (${order.join(', ')}) > (${places.join(', ')}) ORDER BY ${order.join(', ')} LIMIT ${PAGE}`;
}

/** For each root the last session that it keeps, except roots that keep all. */
const FLOORS = `SELECT roots.value AS root, last.last_active_at AS at, last.seq AS row
  FROM jsonb_array_elements_text(?::jsonb) AS roots (value)
  CROSS JOIN LATERAL (SELECT last_active_at, seq FROM sessions WHERE trashed_at IS NULL AND root = roots.value
    AND NOT ${IN_LIST} ORDER BY last_active_at DESC, seq DESC LIMIT 1 OFFSET ?) AS last`;

/** A page of the plan, with the last kept sessions of its roots. */
export async function readPage(
  tx: Reader,
  { kind, spare, until, place, floors }: PlanPage,
): Promise<{ rows: PlanRow[]; floors: Floor[] }> {
  const rows = await tx.all<PlanRow>(PAGES[kind], [JSON.stringify(spare), until, ...place]);
  if (floors === null) return { rows, floors: [] };
  const roots = JSON.stringify([...new Set(rows.map(({ root }) => root))]);
  const young = JSON.stringify(floors.young);
  return { rows, floors: await tx.all<Floor>(FLOORS, [roots, young, floors.keepLast - 1]) };
}

/** Applies a step of the plan to those of its sessions that have not changed since. */
export async function applyStep(
  db: Pick<Database, 'write'>,
  { action, sessions }: PlanStep,
  at: number,
): Promise<TakenSession[]> {
  const taken: TakenSession[] = [];
  for (let n = 0; n < sessions.length; n += AT_ONCE)
    taken.push(
      ...(await db.write(async (tx) => {
        const some: TakenSession[] = [];
        for (const session of sessions.slice(n, n + AT_ONCE)) {
          const isPurge = action === 'purge';
          if (!(await putAway(tx, session, isPurge ? PURGING : at))) continue;
          some.push({
            ...session,
            conversations: isPurge ? await agentConversations(tx, session.id, false) : [],
          });
        }
        return some;
      })),
    );
  return taken;
}

/**
 * Moves a session to the trash, or marks it as being deleted. In the second case its name becomes free. A session that
 * another process is changing is skipped.
 */
async function putAway(
  tx: Writer,
  { id, lastActiveAt, trashedAt }: PlannedSession,
  to: number,
): Promise<boolean> {
  const free = await tx.get('SELECT 1 FROM sessions WHERE id = ? FOR UPDATE SKIP LOCKED', [id]);
  if (free === undefined) return false;
  const changes = await tx.run(
    `UPDATE sessions SET trashed_at = ?, name = CASE WHEN ? THEN NULL ELSE name END
     WHERE id = ? AND last_active_at = ? AND trashed_at IS NOT DISTINCT FROM ?::bigint AND pinned = 0
       AND NOT EXISTS (SELECT 1 FROM turns WHERE session_id = sessions.id AND ended_at IS NULL)`,
    [to, String(to === PURGING), id, lastActiveAt, trashedAt],
  );
  return changes > 0;
}

/**
 * Changes nothing when the newest turn or session is from the future too, because then this computer's clock may be
 * slow.
 */
export async function correctTimes(tx: Writer, now: number): Promise<void> {
  const newest = await tx.get<{ at: number }>(
    `SELECT greatest(coalesce((SELECT queued_at FROM turns ORDER BY id DESC LIMIT 1), 0),
       coalesce((SELECT created_at FROM sessions ORDER BY seq DESC LIMIT 1), 0)) AS at`,
  );
  if (newest!.at > now) return;
  await tx.run('UPDATE sessions SET last_active_at = ? WHERE trashed_at IS NULL AND last_active_at > ?', [
    now,
    now,
  ]);
  await tx.run('UPDATE sessions SET trashed_at = ? WHERE trashed_at > ?', [now, now]);
}

export async function trashSession(tx: Writer, id: string, at: number): Promise<boolean> {
  await lockSession(tx, id);
  if (await hasOpenTurn(tx, id)) return false;
  await tx.run('UPDATE sessions SET trashed_at = ? WHERE id = ? AND trashed_at IS NULL', [at, id]);
  return true;
}

/**
 * Restores a session, with the current time as its last activity. Returns false when it is not in the trash, or is
 * being deleted. Throws USAGE when its name is used by another session.
 */
export async function restoreSession(tx: Writer, id: string, at: number): Promise<boolean> {
  const isThere = await tx.get('SELECT 1 FROM sessions WHERE id = ? AND trashed_at > ? FOR UPDATE', [
    id,
    PURGING,
  ]);
  return isThere !== undefined && (await changeSession(tx, id, { trashedAt: null, lastActiveAt: at }));
}

/** Deletes a part of the content of trashed sessions, and each session after its last part. */
export async function purgeSessions(
  tx: Writer,
  ids: readonly string[],
): Promise<{ purged: string[]; left: readonly string[] }> {
  const purged: string[] = [];
  let turns = 0;
  for (const [n, id] of ids.entries()) {
    if (turns >= AT_ONCE) return { purged, left: ids.slice(n) };
    const session = await tx.get(
      'SELECT 1 FROM sessions WHERE id = ? AND trashed_at IS NOT NULL FOR UPDATE',
      [id],
    );
    if (session === undefined) continue;
    const few = await tx.all<{ id: number }>(
      'SELECT id FROM turns WHERE session_id = ? ORDER BY id LIMIT ?',
      [id, AT_ONCE],
    );
    turns += few.length;
    if (few.length === AT_ONCE) {
      await tx.run(`UPDATE sessions SET trashed_at = ?, pinned = 0, name = NULL WHERE id = ?`, [PURGING, id]);
      for (const turn of few) await deleteTurn(tx, turn.id);
      return { purged, left: ids.slice(n) };
    }
    await keepSpending(tx, 'session_id', id);
    await tx.run('DELETE FROM sessions WHERE id = ?', [id]);
    purged.push(id);
  }
  return { purged, left: [] };
}

async function deleteTurn(tx: Writer, id: number): Promise<void> {
  await keepSpending(tx, 'id', id);
  await tx.run('DELETE FROM messages WHERE id IN (?, ?)', [2 * id, 2 * id + 1]);
  await tx.run('DELETE FROM turns WHERE id = ?', [id]);
}
