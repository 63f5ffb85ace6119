/**
 * Imports sessions into the store. An import reads and writes in one transaction, so that with several at once each
 * session is added once and completely.
 *
 * The lines of a transcript are stored unchanged. So its turns can be built again when more lines are imported, in any
 * order of files.
 */
import type { Session } from '../../model/model.ts';
import type { RecordedChange } from '../../model/session-change.ts';
import { unpackJson } from '../../system/packed-json.ts';
import type { Writer } from './engine/connection.ts';
import { changeSession, findLiveByName, findSession, insertSession } from './sessions.ts';
import { addChange } from './session-changes.ts';
import { toSession } from '../session-rows.ts';
import { addTurn } from './transfer.ts';
import type { CallShare, ImportTransaction, NewImport, Steps, TurnTimes } from '../transfer-store.ts';

const LINES_AT_ONCE = 200;

export function importTransaction(tx: Writer): ImportTransaction {
  return {
    findSession: (id) => done(findSession(tx, id)),
    findByTranscript: (transcript) => done(findByTranscript(tx, transcript)),
    addSession: (session, changes, arrivedAt) => done(addSession(tx, session, changes, arrivedAt)),
    updateSession: (session, change) => done(updateSession(tx, session, change)),
    lines: (transcript) => done(readLines(tx, transcript)),
    knownLines: (transcript) =>
      done(
        new Map(
          tx
            .all<{ uuid: string; used: number }>(
              'SELECT uuid, used FROM transcript_lines WHERE transcript = ?',
              [transcript],
            )
            .map(({ uuid, used }) => [uuid, used]),
        ),
      ),
    readLine: (transcript, uuid) => done(readLine(tx, transcript, uuid)),
    line: (transcript, uuid) => readLine(tx, transcript, uuid),
    putLine: (sessionId, transcript, { uuid, call, used, isCopy, packed }) =>
      done(
        void tx.run(
          `INSERT INTO transcript_lines (session_id, transcript, uuid, call, used, is_copy, line) VALUES (?, ?, ?, ?, ?, ?, ?)
           ON CONFLICT (transcript, uuid) DO UPDATE SET call = excluded.call, used = excluded.used, line = excluded.line`,
          [sessionId, transcript, uuid, call, used, isCopy, packed],
        ),
      ),
    shares: (transcript) => done(readShares(tx, transcript)),
    turns: (sessionId) => done(readTurns(tx, sessionId)),
    addTurn: (sessionId, turn, made, id) => done(addTurn(tx, sessionId, turn, { made, id: id ?? null })),
    removeTurn(id) {
      tx.run('DELETE FROM messages WHERE id IN (?, ?)', [2 * id, 2 * id + 1]);
      return done(void tx.run('DELETE FROM turns WHERE id = ?', [id]));
    },
    settle: (sessionId) => done(settle(tx, sessionId)),
  };
}

/** A step that completes at once. */
// eslint-disable-next-line require-yield -- nothing is waited for
function* done<T>(value: T): Steps<T> {
  return value;
}

/** Runs all steps at once. */
export function runSteps<T>(steps: Steps<T>): T {
  for (;;) {
    const { done: isDone, value } = steps.next();
    if (isDone === true) return value;
  }
}

function updateSession(
  tx: Writer,
  session: Session,
  change: { name: string | null; root: string; createdAt: number },
): void {
  const isTaken = change.name !== null && findLiveByName(tx, change.root, change.name) !== undefined;
  const isRenamed = change.name !== session.name && !isTaken;
  if (isRenamed) changeSession(tx, session.id, { name: change.name });
  tx.run('UPDATE sessions SET root = ?, created_at = ? WHERE id = ?', [
    change.root,
    change.createdAt,
    session.id,
  ]);
}

function readLine(tx: Writer, transcript: string, uuid: string): Uint8Array {
  return tx.get<{ line: Uint8Array }>('SELECT line FROM transcript_lines WHERE transcript = ? AND uuid = ?', [
    transcript,
    uuid,
  ])!.line;
}

function readShares(tx: Writer, transcript: string): CallShare[] {
  return tx
    .all<Omit<CallShare, 'isCopy'> & { is_copy: number }>(
      `SELECT call, transcript, max(used) AS used, min(is_copy) AS is_copy FROM transcript_lines
       WHERE call IN (SELECT call FROM transcript_lines WHERE transcript = ?1 AND call IS NOT NULL)
         AND transcript <> ?1 GROUP BY call, transcript`,
      [transcript],
    )
    .map(({ is_copy: isCopy, ...share }) => ({ ...share, isCopy: isCopy !== 0 }));
}

function readTurns(tx: Writer, sessionId: string): TurnTimes[] {
  return tx
    .all<{ id: number; made: string | null; queued_at: number; ended_at: number | null }>(
      'SELECT id, made, queued_at, ended_at FROM turns WHERE session_id = ? ORDER BY id',
      [sessionId],
    )
    .map((row) => ({
      id: row.id,
      made: row.made,
      queuedAt: row.queued_at,
      endedAt: row.ended_at ?? Infinity,
    }));
}

function findByTranscript(tx: Writer, transcript: string): Session | undefined {
  const row =
    tx.get<object>(
      'SELECT * FROM sessions WHERE id = (SELECT session_id FROM transcript_lines WHERE transcript = ? LIMIT 1)',
      [transcript],
    ) ??
    tx.get<object>(
      'SELECT * FROM sessions WHERE agent_session_id IN (?, upper(?)) ORDER BY created_at, id LIMIT 1',
      [transcript, transcript],
    );
  return row && toSession(row);
}

function addSession(
  tx: Writer,
  session: NewImport,
  changes: Omit<RecordedChange, 'sessionId'>[],
  arrivedAt: number,
): void {
  const isTaken = session.name !== null && findLiveByName(tx, session.root, session.name) !== undefined;
  insertSession(tx, { ...session, name: isTaken ? null : session.name });
  for (const change of changes) addChange(tx, { ...change, sessionId: session.id });
  tx.run(
    `UPDATE sessions SET mode = ?, agent_session_id = ?, agent_since_turn = ?, last_active_at = ?, trashed_at = ?,
       arrived_at = ? WHERE id = ?`,
    [
      session.mode,
      session.agentSessionId,
      session.agentSessionId && 0,
      Math.min(session.lastActiveAt, arrivedAt),
      session.trashedAt && arrivedAt,
      arrivedAt,
      session.id,
    ],
  );
  tx.run('UPDATE agent_conversations SET imported = 1 WHERE session_id = ?', [session.id]);
}

function* readLines(tx: Writer, transcript: string): Generator<{ uuid: string; value: unknown }> {
  for (let after = 0; ;) {
    const rows = tx.all<{ id: number; uuid: string; line: Uint8Array }>(
      `SELECT id, uuid, line FROM transcript_lines WHERE transcript = ? AND id > ? ORDER BY id LIMIT ${LINES_AT_ONCE}`,
      [transcript, after],
    );
    for (const { uuid, line } of rows) yield { uuid, value: unpackJson(line) };
    if (rows.length < LINES_AT_ONCE) return;
    after = rows.at(-1)!.id;
  }
}

function settle(tx: Writer, sessionId: string): void {
  tx.run(
    `UPDATE sessions SET
       turn_count = (SELECT count(*) FROM turns WHERE session_id = sessions.id),
       message_count = (SELECT count(*) FROM messages WHERE session_id = sessions.id),
       cost_usd = (SELECT coalesce(sum(cost_usd), 0) FROM turns WHERE session_id = sessions.id),
       last_active_at = max(last_active_at, (SELECT coalesce(max(min(ended_at, sessions.arrived_at)), 0)
         FROM turns WHERE session_id = sessions.id)),
       bytes = octet_length(attachments) - 2 + coalesce(octet_length(system_prompt), 0)
         + coalesce((SELECT sum(octet_length(content)) FROM messages WHERE session_id = sessions.id), 0)
         + coalesce((SELECT sum(octet_length(part.content)) FROM messages AS message
             JOIN message_parts AS part ON part.message_id = message.id WHERE message.session_id = sessions.id), 0)
         + coalesce((SELECT sum(octet_length(input) + coalesce(octet_length(result), 0)) FROM turns
             JOIN tool_calls ON turn_id = turns.id WHERE session_id = sessions.id), 0)
         + coalesce((SELECT sum(files.bytes) FROM messages AS message JOIN message_files AS file ON file.message_id = message.id
             JOIN files USING (sha256) WHERE message.session_id = sessions.id), 0)
         + coalesce((SELECT sum(length(line)) FROM transcript_lines WHERE session_id = sessions.id), 0)
     WHERE id = ?`,
    [sessionId],
  );
}
