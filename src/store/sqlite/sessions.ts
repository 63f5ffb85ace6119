import { SESSION } from '../../model/codec.ts';
import { NO_AGENT_CONVERSATION } from '../../model/model.ts';
import type { Session } from '../../model/model.ts';
import { findChanges } from '../../model/session-change.ts';
import type { Author } from '../../model/session-change.ts';
import { nameTaken } from '../refusals.ts';
import type { Reader, Writer } from './engine/connection.ts';
import { addChange } from './session-changes.ts';
import type { SqlValue } from '../sql-value.ts';
import { toSession } from '../session-rows.ts';
import type { NewSession, SessionChange } from '../session-store.ts';

export function insertSession(tx: Writer, session: NewSession): void {
  if (session.name !== null) requireFreeName(tx, session.root, session.name, session.id);
  const begun = { lastActiveAt: session.createdAt, messageCount: 0, turnCount: 0, costUsd: 0 };
  insertRow(
    tx,
    'sessions',
    SESSION.toRow({ ...session, ...NO_AGENT_CONVERSATION, ...begun, trashedAt: null }),
  );
}

/** Adds a row, and returns its rowid. Columns that are not named get their default. */
export function insertRow(tx: Writer, table: string, row: Record<string, SqlValue>): number {
  const columns = Object.keys(row);
  const places = columns.map(() => '?').join(', ');
  return tx.get<{ added: number }>(
    `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${places}) RETURNING rowid AS added`,
    Object.values(row),
  )!.added;
}

export function insertSessionIfMissing(tx: Writer, session: NewSession & { name: string }): string {
  const existing = findLiveByName(tx, session.root, session.name);
  if (existing !== undefined) return existing;
  insertSession(tx, session);
  return session.id;
}

export function findSession(tx: Reader, id: string): Session | undefined {
  const row = tx.get<object>('SELECT * FROM sessions WHERE id = ?', [id]);
  return row && toSession(row);
}

/**
 * The agent conversations of a session that no other session has, except sessions that are being deleted. Those that it
 * was imported with are included only with `withImported`.
 */
export function agentConversations(tx: Reader, id: string, withImported: boolean): string[] {
  return tx
    .all<{ id: string }>(
      `SELECT id FROM agent_conversations AS own WHERE session_id = ?1 AND imported <= ?2
         AND NOT EXISTS (SELECT 1 FROM agent_conversations AS other JOIN sessions ON sessions.id = other.session_id
           WHERE other.id = own.id AND other.session_id <> ?1 AND trashed_at IS NOT 0)`,
      [id, withImported],
    )
    .map((row) => row.id);
}

export function findSessionsByName(tx: Reader, name: string): Session[] {
  return tx
    .all<object>('SELECT * FROM sessions WHERE name = ? AND trashed_at IS NULL ORDER BY root', [name])
    .map(toSession);
}

export function findTrashedByName(tx: Reader, name: string, limit: number): Session[] {
  return tx
    .all<object>(
      'SELECT * FROM sessions WHERE trashed_at IS NOT NULL AND name = ? ORDER BY trashed_at DESC LIMIT ?',
      [name, limit],
    )
    .map(toSession);
}

export function findSessionsByPrefix(tx: Reader, prefix: string, limit: number): Session[] {
  return tx
    .all<object>('SELECT * FROM sessions WHERE id >= ? AND id < ? ORDER BY id LIMIT ?', [
      prefix,
      `${prefix}\u{10ffff}`,
      limit,
    ])
    .map(toSession);
}

/** The latest session. Sessions with a time in the future, from a wrong clock, come last. */
export function findLastSession(tx: Reader, root: string, now = Date.now()): Session | undefined {
  const newestUntil = (at: number): object | undefined =>
    tx.get<object>(
      `SELECT * FROM sessions WHERE root = ? AND trashed_at IS NULL AND last_active_at <= ?
       ORDER BY last_active_at DESC, rowid DESC LIMIT 1`,
      [root, at],
    );
  const row = newestUntil(now) ?? newestUntil(Number.MAX_SAFE_INTEGER);
  return row && toSession(row);
}

export function changeSession(
  tx: Writer,
  id: string,
  { addTags = {}, removeTags = [], ...change }: SessionChange,
  author?: Author,
): boolean {
  const current = findSession(tx, id);
  if (current === undefined) return false;
  const { name, root, trashedAt } = { ...current, ...change };
  if (name !== null && trashedAt === null) requireFreeName(tx, root, name, id);
  const kept = Object.entries(current.tags).filter(([key]) => !removeTags.includes(key));
  const tags = { ...Object.fromEntries(kept), ...addTags };
  updateRow(tx, 'sessions', SESSION.toRow({ ...change, tags }), id);
  if (author !== undefined)
    for (const each of findChanges(current, { ...current, ...change, tags }, author)) addChange(tx, each);
  return true;
}

/** Updates columns of the row with that id. */
export function updateRow(tx: Writer, table: string, row: Record<string, SqlValue>, id: SqlValue): void {
  const columns = Object.keys(row);
  if (columns.length === 0) return;
  const sets = columns.map((column) => `${column} = ?`).join(', ');
  tx.run(`UPDATE ${table} SET ${sets} WHERE id = ?`, [...Object.values(row), id]);
}

export function findLiveByName(tx: Reader, root: string, name: string): string | undefined {
  return tx.get<{ id: string }>(
    'SELECT id FROM sessions WHERE root = ? AND name = ? AND trashed_at IS NULL',
    [root, name],
  )?.id;
}

/** Throws USAGE when another live session under the root has the name. */
export function requireFreeName(tx: Reader, root: string, name: string, id: string): void {
  const taken = findLiveByName(tx, root, name);
  if (taken === undefined || taken === id) return;
  throw nameTaken(name, taken, root);
}
