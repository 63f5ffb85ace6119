import type { DatabaseOptions } from './database.ts';
import { Database } from './database.ts';
import { SessionError } from '../../errors.ts';
import { planRetention } from '../retention-plan.ts';
import type { Store } from '../store.ts';
import * as approvals from './approvals.ts';
import { readPart } from './contents.ts';
import { hidePassword } from '../../settings/store-url.ts';
import { readFile } from './files.ts';
import { addLateAnswer, finishTurn } from './finish-turn.ts';
import * as forks from './fork.ts';
import { runImport } from './importing.ts';
import * as leases from './leases.ts';
import * as messages from './messages.ts';
import { KNOWN_VERSION, migrate, readVersion } from './migrate.ts';
import * as retention from './retention.ts';
import { findSession } from './rows.ts';
import { searchMessages } from './search.ts';
import { countSessions, listSessions } from './session-list.ts';
import { sessionChanges } from './session-changes.ts';
import * as sessions from './sessions.ts';
import { readSpending, reserve } from './spending.ts';
import { readStats } from './stats.ts';
import * as transcripts from './transcripts.ts';
import * as transfer from './transfer.ts';
import * as turns from './turns.ts';

/**
 * Opens the store in a PostgreSQL database, and brings it up to date if it is older.
 *
 * With `read`, nothing is created: a database without our tables is an empty store. Throws STORE_UNREADABLE or STORE_NEWER, and then has changed nothing.
 */
export async function openStore(
  url: string,
  { access, ...options }: DatabaseOptions & { access: 'read' | 'write' },
): Promise<Store> {
  const db = new Database(url, options);
  try {
    const version = access === 'write' ? await migrate(db) : await readVersion(db);
    if (access === 'read' && version === 0) return storeOn(emptyDatabase(db));
    if (access === 'read' && version < KNOWN_VERSION) throw tooOld(url);
  } catch (error) {
    await db.close();
    throw error;
  }
  return storeOn(db);
}

/** The functions of the database that the store uses. */
type Transactions = Pick<Database, 'read' | 'write' | 'close'>;

function emptyDatabase(db: Database): Transactions {
  return {
    read: (work) => work({ all: async () => [], get: async () => undefined }),
    write: () => Promise.reject(tooOld(db.url)),
    close: () => db.close(),
  };
}

function tooOld(url: string): SessionError {
  return new SessionError(
    'STORE_UNREADABLE',
    `The store ${hidePassword(url)} is of an older version, or not set up.`,
    { hint: 'Run "session store migrate".' },
  );
}

function storeOn(db: Transactions): Store {
  return {
    sessions: {
      insert: (session) => db.write((tx) => sessions.insertSession(tx, session)),
      insertIfMissing: (session) => db.write((tx) => sessions.insertSessionIfMissing(tx, session)),
      find: (id) => db.read((tx) => findSession(tx, id)),
      findByName: (name) => db.read((tx) => sessions.findSessionsByName(tx, name)),
      findTrashedByName: (name, limit) => db.read((tx) => sessions.findTrashedByName(tx, name, limit)),
      findByPrefix: (prefix, limit) => db.read((tx) => sessions.findSessionsByPrefix(tx, prefix, limit)),
      findLast: (root) => db.read((tx) => sessions.findLastSession(tx, root)),
      list: (filter) => db.read((tx) => listSessions(tx, filter)),
      count: (filter) => db.read((tx) => countSessions(tx, filter)),
      change: (id, change, author) => db.write((tx) => sessions.changeSession(tx, id, change, author)),
      changes: (sessionId) => db.read((tx) => sessionChanges(tx, sessionId)),
      whileIdle: (sessionId, work) => db.write((tx) => sessions.whileIdle(tx, sessionId, work)),
      agentConversations: (id) => db.read((tx) => sessions.agentConversations(tx, id, true)),
    },
    turns: {
      enqueue: (turn) => db.write((tx) => turns.enqueueTurn(tx, turn)),
      find: (id) => db.read((tx) => turns.findTurn(tx, id)),
      open: (sessionId) => db.read((tx) => turns.openTurns(tx, sessionId)),
      last: (sessionId, limit) => db.read((tx) => turns.lastTurns(tx, sessionId, limit)),
      start: (id, owner, at) => db.write((tx) => turns.startTurn(tx, id, owner, at)),
      adopt: (id, from, to) => db.write((tx) => turns.adoptTurn(tx, id, from, to)),
      disown: (id, from) => db.write((tx) => turns.disownTurn(tx, id, from)),
      finish: (id, owner, end) => db.write((tx) => finishTurn(tx, id, owner, end)),
      withdraw: (id, owner) => db.write((tx) => turns.withdrawTurn(tx, id, owner)),
      spending: (since) => db.read((tx) => readSpending(tx, since)),
      reserve: (id, request) => db.write((tx) => reserve(tx, id, request)),
      toolCalls: (turnId) => db.read((tx) => messages.toolCalls(tx, turnId)),
    },
    approvals: {
      ask: (approval) => db.write((tx) => approvals.askApproval(tx, approval)),
      open: (sessionId) => db.read((tx) => approvals.openApprovals(tx, sessionId)),
      ofTurn: (turnId) => db.read((tx) => approvals.approvalsOfTurn(tx, turnId)),
      findByPrefix: (prefix) => db.read((tx) => approvals.approvalsByPrefix(tx, prefix)),
      answer: (id, answer, author) => db.write((tx) => approvals.answerApproval(tx, id, answer, author)),
    },
    messages: {
      list: (filter, options) => db.read((tx) => messages.listMessages(tx, filter, options)),
      async *readContent(messageId) {
        for (let n = 0; ; n++) {
          const part = await db.read((tx) => readPart(tx, messageId, n));
          if (part === undefined) return;
          yield part;
        }
      },
      readFile: (sha256) => db.read((tx) => readFile(tx, sha256)),
      search: (search) => db.read((tx) => searchMessages(tx, search)),
    },
    retention: {
      usage: () => db.read(retention.readUsage),
      plan: (request) => planRetention((page) => db.read((tx) => retention.readPage(tx, page)), request),
      apply: (step, at) => retention.applyStep(db, step, at),
      correctTimes: (now) => db.write((tx) => retention.correctTimes(tx, now)),
      trash: (id, at) => db.write((tx) => retention.trashSession(tx, id, at)),
      restore: (id, at) => db.write((tx) => retention.restoreSession(tx, id, at)),
      purge: (ids) => db.write((tx) => retention.purgeSessions(tx, ids)),
      // The server's own vacuum removes deleted rows from tables and indexes.
      cleanIndex: async () => true,
      vacuum: async () => 0,
    },
    transfer: {
      beginFork: (from, fork) => db.write((tx) => forks.beginFork(tx, from, fork)),
      copyTurns: (step) => db.write((tx) => forks.copyTurns(tx, step)),
      endFork: (id, end) => db.write((tx) => forks.endFork(tx, id, end)),
      pageSessions: (afterId, limit) => db.read((tx) => transfer.pageSessions(tx, afterId, limit)),
      pageTurns: (sessionId, afterTurn, limit) =>
        db.read((tx) => transfer.pageTurns(tx, sessionId, afterTurn, limit)),
      import: (work) => db.write((tx) => runImport(tx, work)),
    },
    leases: {
      renew: (id, owner, records) => leases.renewLease(db, id, owner, records),
      isHeld: (id) => db.read((tx) => leases.isHeld(tx, id)),
      addLate: (id, owner, end) => db.write((tx) => addLateAnswer(tx, id, owner, end)),
      cancel: (id) => db.write((tx) => leases.cancelTurn(tx, id)),
      told: (id, after) => db.read((tx) => leases.readTold(tx, id, after)),
    },
    transcripts: {
      kept: (conversation) => db.read((tx) => transcripts.keptPieces(tx, conversation)),
      beside: (conversation) => db.read((tx) => transcripts.keptBeside(tx, conversation)),
      read: (conversation, n) => db.read((tx) => transcripts.readPiece(tx, conversation, n)),
      keep: (turn, conversation, piece, content) =>
        db.write((tx) => transcripts.keepPiece(tx, turn, conversation, piece, content)),
    },
    stats: (query) => db.read((tx) => readStats(tx, query)),
    close: () => db.close(),
  };
}
