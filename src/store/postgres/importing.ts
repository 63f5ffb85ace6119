/** Imports sessions into the store (see store/sqlite/importing.ts). Imports run one at a time. */
import type { Session } from '../../model/model.ts';
import type { RecordedChange } from '../../model/session-change.ts';
import { unpackJson } from '../../system/packed-json.ts';
import { toSession } from '../session-rows.ts';
import type {
  CallShare,
  ImportTransaction,
  NewImport,
  Steps,
  StoredLine,
  TurnTimes,
} from '../transfer-store.ts';
import type { Writer } from './connection.ts';
import { addConversation } from './finish-turn.ts';
import { findLiveByName, findSession, OWN_BYTES } from './rows.ts';
import { changeSession, insertSession, lockNames } from './sessions.ts';
import { addChange } from './session-changes.ts';
import { addTurn } from './transfer.ts';

const IMPORT_LOCK = 8_347_201_658;

/** Runs all steps of an import, and waits for the database between them. */
export async function runImport<T>(tx: Writer, work: (tx: ImportTransaction) => Steps<T>): Promise<T> {
  await tx.get('SELECT pg_advisory_xact_lock(?)', [IMPORT_LOCK]);
  await lockNames(tx);
  const steps = work(importTransaction(tx));
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    await step.value;
  }
}

function* wait<T>(answer: Promise<T>): Steps<T> {
  let value: T | undefined;
  yield answer.then((given) => {
    value = given;
  });
  return value as T;
}

function importTransaction(tx: Writer): ImportTransaction {
  /** The stored form of lines that were read, which has about a tenth of their size. */
  const read = new Map<string, Map<string, Uint8Array>>();
  return {
    findSession: (id) => wait(findSession(tx, id)),
    findByTranscript: (transcript) => wait(findByTranscript(tx, transcript)),
    addSession: (session, changes, arrivedAt) => wait(addSession(tx, session, changes, arrivedAt)),
    updateSession: (session, change) => wait(updateSession(tx, session, change)),
    *lines(transcript) {
      const lines = new Map(
        (yield* wait(
          tx.all<{ uuid: string; line: Uint8Array }>(
            'SELECT uuid, line FROM transcript_lines WHERE transcript = ? ORDER BY id',
            [transcript],
          ),
        )).map(({ uuid, line }) => [uuid, line]),
      );
      read.set(transcript, lines);
      return unpackLines(lines);
    },
    *knownLines(transcript) {
      const rows = yield* wait(
        tx.all<{ uuid: string; used: number }>(
          'SELECT uuid, used FROM transcript_lines WHERE transcript = ?',
          [transcript],
        ),
      );
      return new Map(rows.map(({ uuid, used }) => [uuid, used]));
    },
    *readLine(transcript, uuid) {
      const row = yield* wait(
        tx.get<{ line: Uint8Array }>('SELECT line FROM transcript_lines WHERE transcript = ? AND uuid = ?', [
          transcript,
          uuid,
        ]),
      );
      return row!.line;
    },
    line: (transcript, uuid) => read.get(transcript)!.get(uuid)!,
    putLine: (sessionId, transcript, line) => wait(putLine(tx, sessionId, transcript, line)),
    shares: (transcript) => wait(readShares(tx, transcript)),
    turns: (sessionId) => wait(readTurns(tx, sessionId)),
    addTurn: (sessionId, turn, made, id) => wait(addTurn(tx, sessionId, turn, { made, id })),
    removeTurn: (id) => wait(removeTurn(tx, id)),
    settle: (sessionId) => wait(settle(tx, sessionId)),
  };
}

function* unpackLines(lines: ReadonlyMap<string, Uint8Array>): Generator<{ uuid: string; value: unknown }> {
  for (const [uuid, line] of lines) yield { uuid, value: unpackJson(line) };
}

async function findByTranscript(tx: Writer, transcript: string): Promise<Session | undefined> {
  const row =
    (await tx.get<object>(
      'SELECT * FROM sessions WHERE id = (SELECT session_id FROM transcript_lines WHERE transcript = ? LIMIT 1)',
      [transcript],
    )) ??
    (await tx.get<object>(
      'SELECT * FROM sessions WHERE agent_session_id IN (?, upper(?)) ORDER BY created_at, id LIMIT 1',
      [transcript, transcript],
    ));
  return row && toSession(row);
}

async function addSession(
  tx: Writer,
  session: NewImport,
  changes: Omit<RecordedChange, 'sessionId'>[],
  arrivedAt: number,
): Promise<void> {
  const isTaken =
    session.name !== null && (await findLiveByName(tx, session.root, session.name)) !== undefined;
  await insertSession(tx, { ...session, name: isTaken ? null : session.name });
  for (const change of changes) await addChange(tx, { ...change, sessionId: session.id });
  await tx.run(
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
  if (session.agentSessionId !== null) await addConversation(tx, session.id, session.agentSessionId, 1);
}

async function updateSession(
  tx: Writer,
  session: Session,
  change: { name: string | null; root: string; createdAt: number },
): Promise<void> {
  const isTaken = change.name !== null && (await findLiveByName(tx, change.root, change.name)) !== undefined;
  const isRenamed = change.name !== session.name && !isTaken;
  if (isRenamed) await changeSession(tx, session.id, { name: change.name });
  await tx.run('UPDATE sessions SET root = ?, created_at = ? WHERE id = ?', [
    change.root,
    change.createdAt,
    session.id,
  ]);
}

async function putLine(
  tx: Writer,
  sessionId: string,
  transcript: string,
  { uuid, call, used, isCopy, packed }: StoredLine,
): Promise<void> {
  await tx.run(
    `INSERT INTO transcript_lines (session_id, transcript, uuid, call, used, is_copy, line) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (transcript, uuid) DO UPDATE SET call = excluded.call, used = excluded.used, line = excluded.line`,
    [sessionId, transcript, uuid, call, used, isCopy, packed],
  );
}

async function readShares(tx: Writer, transcript: string): Promise<CallShare[]> {
  const rows = await tx.all<Omit<CallShare, 'isCopy'> & { is_copy: number }>(
    `SELECT call, transcript, max(used) AS used, min(is_copy) AS is_copy FROM transcript_lines
     WHERE call IN (SELECT call FROM transcript_lines WHERE transcript = ? AND call IS NOT NULL)
       AND transcript <> ? GROUP BY call, transcript`,
    [transcript, transcript],
  );
  return rows.map(({ is_copy: isCopy, ...share }) => ({ ...share, isCopy: isCopy !== 0 }));
}

async function readTurns(tx: Writer, sessionId: string): Promise<TurnTimes[]> {
  const rows = await tx.all<{ id: number; made: string | null; queued_at: number; ended_at: number | null }>(
    'SELECT id, made, queued_at, ended_at FROM turns WHERE session_id = ? ORDER BY id',
    [sessionId],
  );
  return rows.map((row) => ({
    id: row.id,
    made: row.made,
    queuedAt: row.queued_at,
    endedAt: row.ended_at ?? Infinity,
  }));
}

async function removeTurn(tx: Writer, id: number): Promise<void> {
  await tx.run('DELETE FROM messages WHERE id IN (?, ?)', [2 * id, 2 * id + 1]);
  await tx.run('DELETE FROM turns WHERE id = ?', [id]);
}

async function settle(tx: Writer, sessionId: string): Promise<void> {
  await tx.run(
    `UPDATE sessions SET
       cost_usd = (SELECT coalesce(sum(cost_usd), 0) FROM turns WHERE session_id = sessions.id),
       last_active_at = greatest(last_active_at, (SELECT coalesce(max(least(ended_at, sessions.arrived_at)), 0)
         FROM turns WHERE session_id = sessions.id AND ended_at IS NOT NULL))
     WHERE id = ?`,
    [sessionId],
  );
  await sumUp(tx, sessionId);
}

/** Recalculates the sums of a session. */
export async function sumUp(tx: Writer, sessionId: string): Promise<void> {
  await tx.run(
    `UPDATE sessions SET
       turn_count = (SELECT count(*) FROM turns WHERE session_id = sessions.id),
       message_count = (SELECT count(*) FROM messages WHERE session_id = sessions.id),
       bytes = ${OWN_BYTES}
         + coalesce((SELECT sum(octet_length(content)) FROM messages WHERE session_id = sessions.id), 0)
         + coalesce((SELECT sum(octet_length(part.content)) FROM messages AS message
             JOIN message_parts AS part ON part.message_id = message.id WHERE message.session_id = sessions.id), 0)
         + coalesce((SELECT sum(octet_length(input) + coalesce(octet_length(result), 0)) FROM turns
             JOIN tool_calls ON turn_id = turns.id WHERE session_id = sessions.id), 0)
         + coalesce((SELECT sum(file.bytes) FROM messages AS message
             JOIN message_files ON message_id = message.id JOIN files AS file USING (sha256)
             WHERE message.session_id = sessions.id), 0)
         + coalesce((SELECT sum(octet_length(line)) FROM transcript_lines WHERE session_id = sessions.id), 0)
         + coalesce((SELECT sum(kept.bytes) FROM agent_transcripts AS kept WHERE session_id = sessions.id), 0)
     WHERE id = ?`,
    [sessionId],
  );
}
