import { applyStep, correctTimes } from './apply.ts';
import * as approvals from './approvals.ts';
import { readPart } from './contents.ts';
import { type Database, type DatabaseOptions, openDatabase } from './engine/database.ts';
import { readFilePart } from './files.ts';
import { cleanIndex } from './index-cleaning.ts';
import { finishTurn } from './finish-turn.ts';
import * as messages from './messages.ts';
import { countSessions, listSessions } from './session-list.ts';
import { readPage, readUsage } from './plan.ts';
import { purgeSessions } from './purge.ts';
import { searchMessages } from './search.ts';
import { readStats } from './stats.ts';
import { importTransaction, runSteps } from './importing.ts';
import * as transfer from './transfer.ts';
import * as forks from './fork.ts';
import { sessionChanges } from './session-changes.ts';
import * as sessions from './sessions.ts';
import { SCHEMA } from './schema.ts';
import { readSpending, reserve } from './spending.ts';
import { planRetention } from '../retention-plan.ts';
import type { Store } from '../store.ts';
import * as trash from './trash.ts';
import * as turns from './turns.ts';

/**
 * Opens the store, and brings it up to date if it is older.
 *
 * With `read`, nothing is created: a missing file is an empty store, and the directory needs no write access. Throws
 * STORE_UNREADABLE, STORE_CORRUPT, STORE_NEWER, STORE_FULL or STORE_BUSY, and then has changed nothing.
 */
export async function openStore(path: string, options: DatabaseOptions): Promise<Store> {
  return storeOn(await openDatabase(path, SCHEMA, options));
}

/** The store of an open database. */
export function storeOn(db: Database): Store {
  return {
    sessions: {
      insert: (session) => db.write((tx) => sessions.insertSession(tx, session)),
      insertIfMissing: (session) => db.write((tx) => sessions.insertSessionIfMissing(tx, session)),
      find: (id) => db.read((tx) => sessions.findSession(tx, id)),
      findByName: (name) => db.read((tx) => sessions.findSessionsByName(tx, name)),
      findTrashedByName: (name, limit) => db.read((tx) => sessions.findTrashedByName(tx, name, limit)),
      findByPrefix: (prefix, limit) => db.read((tx) => sessions.findSessionsByPrefix(tx, prefix, limit)),
      findLast: (root) => db.read((tx) => sessions.findLastSession(tx, root)),
      list: (filter) => db.read((tx) => listSessions(tx, filter)),
      count: (filter) => db.read((tx) => countSessions(tx, filter)),
      change: (id, change, author) => db.write((tx) => sessions.changeSession(tx, id, change, author)),
      changes: (sessionId) => db.read((tx) => sessionChanges(tx, sessionId)),
      whileIdle: (sessionId, work) => db.read((tx) => trash.whileIdle(tx, sessionId, work)),
      agentConversations: (id) => db.read((tx) => sessions.agentConversations(tx, id, true)),
    },
    turns: {
      enqueue: (turn) => db.write((tx) => turns.enqueueTurn(tx, turn)),
      find: (id) => db.read((tx) => turns.findTurn(tx, id)),
      open: (sessionId) => db.read((tx) => turns.openTurns(tx, sessionId)),
      last: (sessionId, limit) => db.read((tx) => turns.lastTurns(tx, sessionId, limit)),
      start: (id, owner, at) => db.write((tx) => turns.startTurn(tx, id, owner, at)),
      adopt: (id, from, to) => db.write((tx) => (turns.adoptTurn(tx, id, from, to) ? to : undefined)),
      disown: (id, from) => db.write((tx) => turns.adoptTurn(tx, id, from, null)),
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
      async readFile(sha256) {
        const parts: Uint8Array[] = [];
        for (let part; (part = await db.read((tx) => readFilePart(tx, sha256, parts.length))) !== undefined;)
          parts.push(part);
        return parts.length === 0 ? undefined : Buffer.concat(parts).toString('base64');
      },
      search: (search) => db.read((tx) => searchMessages(tx, search)),
    },
    retention: {
      usage: () => readUsage(db),
      plan: (request) => planRetention((page) => db.read((tx) => readPage(tx, page)), request),
      apply: (step, at) => applyStep(db, step, at),
      correctTimes: (now) => db.write((tx) => correctTimes(tx, now)),
      trash: (id, at) => db.write((tx) => trash.trashSession(tx, id, at)),
      restore: (id, at) => db.write((tx) => trash.restoreSession(tx, id, at)),
      purge: (ids) => db.write((tx) => purgeSessions(tx, ids)),
      cleanIndex: () => db.write(cleanIndex),
      // Words of deleted messages stay in the index until its parts are merged.
      vacuum: () => db.vacuum("INSERT INTO message_index (message_index) VALUES ('optimize')"),
    },
    transfer: {
      beginFork: (from, fork) => db.write((tx) => forks.beginFork(tx, from, fork)),
      copyTurns: (step) => db.write((tx) => forks.copyTurns(tx, step)),
      endFork: (id, end) => db.write((tx) => forks.endFork(tx, id, end)),
      pageSessions: (afterId, limit) => db.read((tx) => transfer.pageSessions(tx, afterId, limit)),
      pageTurns: (sessionId, afterTurn, limit) =>
        db.read((tx) => transfer.pageTurns(tx, sessionId, afterTurn, limit)),
      import: (work) => db.write((tx) => runSteps(work(importTransaction(tx)))),
    },
    stats: (query) => readStats(db, query),
    close: () => db.close(),
  };
}
