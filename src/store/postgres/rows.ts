import type { Session } from '../../model/model.ts';
import { noSession, nameTaken } from '../refusals.ts';
import { toSession } from '../session-rows.ts';
import type { SqlValue } from '../sql-value.ts';
import type { Reader, Writer } from './connection.ts';

/** Adds a row. Columns that are not named get their default. Returns the requested columns. */
export async function insertRow<Row>(
  tx: Writer,
  table: string,
  row: Record<string, SqlValue>,
  returning = '1',
): Promise<Row> {
  const columns = Object.keys(row);
  const places = columns.map(() => '?').join(', ');
  const added = await tx.get<Row>(
    `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${places}) RETURNING ${returning}`,
    Object.values(row),
  );
  return added!;
}

/** Updates columns of the row with that id. Returns the number of rows. */
export async function updateRow(
  tx: Writer,
  table: string,
  row: Record<string, SqlValue>,
  id: SqlValue,
): Promise<number> {
  const columns = Object.keys(row);
  if (columns.length === 0) return 0;
  const sets = columns.map((column) => `${column} = ?`).join(', ');
  return await tx.run(`UPDATE ${table} SET ${sets} WHERE id = ?`, [...Object.values(row), id]);
}

export async function findSession(tx: Reader, id: string): Promise<Session | undefined> {
  const row = await tx.get<object>('SELECT * FROM sessions WHERE id = ?', [id]);
  return row && toSession(row);
}

/** Locks a session until the transaction ends, so that no other process changes it or queues a turn. */
export async function lockSession(tx: Writer, id: string): Promise<Session | undefined> {
  const row = await tx.get<object>('SELECT * FROM sessions WHERE id = ? FOR UPDATE', [id]);
  return row && toSession(row);
}

export async function requireSession(tx: Writer, id: string): Promise<Session> {
  const session = await lockSession(tx, id);
  if (session === undefined) throw noSession(id);
  return session;
}

export async function findLiveByName(tx: Reader, root: string, name: string): Promise<string | undefined> {
  const row = await tx.get<{ id: string }>(
    'SELECT id FROM sessions WHERE root = ? AND name = ? AND trashed_at IS NULL',
    [root, name],
  );
  return row?.id;
}

/** Throws USAGE when another live session under the root has the name. */
export async function requireFreeName(tx: Reader, root: string, name: string, id: string): Promise<void> {
  const taken = await findLiveByName(tx, root, name);
  if (taken !== undefined && taken !== id) throw nameTaken(name, taken, root);
}

/** Adds to the stored size of a session. */
export async function addBytes(tx: Writer, id: string, bytes: number): Promise<void> {
  if (bytes !== 0) await tx.run('UPDATE sessions SET bytes = bytes + ? WHERE id = ?', [bytes, id]);
}

/** The size of a session without its messages. */
export const OWN_BYTES = `octet_length(attachments) - 2 + coalesce(octet_length(system_prompt), 0)`;
