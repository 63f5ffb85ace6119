import { SESSION } from '../../model/codec.ts';
import { NO_AGENT_CONVERSATION } from '../../model/model.ts';
import type { Session } from '../../model/model.ts';
import { findChanges } from '../../model/session-change.ts';
import type { Author } from '../../model/session-change.ts';
import { toSession } from '../session-rows.ts';
import type { NewSession, SessionChange } from '../session-store.ts';
import type { Reader, Writer } from './connection.ts';
import { addConversation } from './finish-turn.ts';
import { addChange } from './session-changes.ts';
import { findLiveByName, insertRow, lockSession, OWN_BYTES, requireFreeName, updateRow } from './rows.ts';

/** Names are assigned one at a time, so that a second session with the name gets the error that names the first. */
const NAME_LOCK = 8_347_201_656;

export async function insertSession(tx: Writer, session: NewSession): Promise<void> {
  if (session.name !== null) {
    await lockNames(tx);
    await requireFreeName(tx, session.root, session.name, session.id);
  }
  const begun = { lastActiveAt: session.createdAt, messageCount: 0, turnCount: 0, costUsd: 0 };
  await insertRow(
    tx,
    'sessions',
    SESSION.toRow({ ...session, ...NO_AGENT_CONVERSATION, ...begun, trashedAt: null }),
  );
  await tx.run(`UPDATE sessions SET bytes = ${OWN_BYTES} WHERE id = ?`, [session.id]);
}

export async function lockNames(tx: Writer): Promise<void> {
  await tx.get('SELECT pg_advisory_xact_lock(?)', [NAME_LOCK]);
}

export async function insertSessionIfMissing(
  tx: Writer,
  session: NewSession & { name: string },
): Promise<string> {
  await lockNames(tx);
  const existing = await findLiveByName(tx, session.root, session.name);
  if (existing !== undefined) return existing;
  await insertSession(tx, session);
  return session.id;
}

/**
 * The agent conversations of a session that no other session has, except sessions that are being deleted. Those that it
 * was imported with are included only with `withImported`.
 */
export async function agentConversations(tx: Reader, id: string, withImported: boolean): Promise<string[]> {
  const rows = await tx.all<{ id: string }>(
    `SELECT id FROM agent_conversations AS own WHERE session_id = ? AND imported <= ?
       AND NOT EXISTS (SELECT 1 FROM agent_conversations AS other JOIN sessions ON sessions.id = other.session_id
         WHERE other.id = own.id AND other.session_id <> own.session_id AND trashed_at IS DISTINCT FROM 0)
     ORDER BY id`,
    [id, withImported],
  );
  return rows.map((row) => row.id);
}

export async function findSessionsByName(tx: Reader, name: string): Promise<Session[]> {
  const rows = await tx.all<object>(
    'SELECT * FROM sessions WHERE name = ? AND trashed_at IS NULL ORDER BY root',
    [name],
  );
  return rows.map(toSession);
}

export async function findTrashedByName(tx: Reader, name: string, limit: number): Promise<Session[]> {
  const rows = await tx.all<object>(
    'SELECT * FROM sessions WHERE trashed_at IS NOT NULL AND name = ? ORDER BY trashed_at DESC LIMIT ?',
    [name, limit],
  );
  return rows.map(toSession);
}

export async function findSessionsByPrefix(tx: Reader, prefix: string, limit: number): Promise<Session[]> {
  const rows = await tx.all<object>('SELECT * FROM sessions WHERE id >= ? AND id < ? ORDER BY id LIMIT ?', [
    prefix,
    `${prefix}\u{10ffff}`,
    limit,
  ]);
  return rows.map(toSession);
}

/** The latest session. Sessions with a time in the future, from a wrong clock, come last. */
export async function findLastSession(
  tx: Reader,
  root: string,
  now = Date.now(),
): Promise<Session | undefined> {
  const newestUntil = (at: number): Promise<object | undefined> =>
    tx.get<object>(
      `SELECT * FROM sessions WHERE root = ? AND trashed_at IS NULL AND last_active_at <= ?
       ORDER BY last_active_at DESC, seq DESC LIMIT 1`,
      [root, at],
    );
  const row = (await newestUntil(now)) ?? (await newestUntil(Number.MAX_SAFE_INTEGER));
  return row && toSession(row);
}

export async function changeSession(
  tx: Writer,
  id: string,
  { addTags = {}, removeTags = [], ...change }: SessionChange,
  author?: Author,
): Promise<boolean> {
  if (change.name !== undefined || change.trashedAt === null) await lockNames(tx);
  const current = await lockSession(tx, id);
  if (current === undefined) return false;
  const { name, root, trashedAt } = { ...current, ...change };
  if (name !== null && trashedAt === null) await requireFreeName(tx, root, name, id);
  const kept = Object.entries(current.tags).filter(([key]) => !removeTags.includes(key));
  const tags = { ...Object.fromEntries(kept), ...addTags };
  const isOfOtherSize = change.attachments !== undefined || change.systemPrompt !== undefined;
  if (isOfOtherSize) await tx.run(`UPDATE sessions SET bytes = bytes - (${OWN_BYTES}) WHERE id = ?`, [id]);
  await updateRow(tx, 'sessions', SESSION.toRow({ ...change, tags }), id);
  if (isOfOtherSize) await tx.run(`UPDATE sessions SET bytes = bytes + (${OWN_BYTES}) WHERE id = ?`, [id]);
  if (change.agentSessionId) await addConversation(tx, id, change.agentSessionId, 0);
  if (author !== undefined)
    for (const each of findChanges(current, { ...current, ...change, tags }, author))
      await addChange(tx, each);
  return true;
}

/** Locks the session's row meanwhile, which queueing a turn needs. */
export async function whileIdle(tx: Writer, sessionId: string, work: () => void): Promise<boolean> {
  await lockSession(tx, sessionId);
  if (await hasOpenTurn(tx, sessionId)) return false;
  work();
  return true;
}

export async function hasOpenTurn(tx: Reader, sessionId: string): Promise<boolean> {
  const row = await tx.get('SELECT 1 FROM turns WHERE session_id = ? AND ended_at IS NULL LIMIT 1', [
    sessionId,
  ]);
  return row !== undefined;
}
