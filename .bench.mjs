// .bench.ts
import { statSync as statSync7, existsSync as existsSync3 } from 'node:fs';

// src/store/database.ts
import { mkdirSync, statSync as statSync6 } from 'node:fs';
import { dirname as dirname4 } from 'node:path';

// src/errors.ts
var EXIT_STATUS = {
  /** A bug of ours. */
  INTERNAL: 1,
  AGENT_FAILED: 1,
  STDOUT_FAILED: 1,
  MCP_NOT_CONNECTED: 1,
  USAGE: 2,
  SETTINGS_INVALID: 2,
  STUDY_INVALID: 2,
  CONTEXT_INVALID: 2,
  MCP_CONFIG_INVALID: 2,
  TIMEOUT: 3,
  STALLED: 3,
  NO_SESSION: 4,
  AMBIGUOUS_SESSION: 4,
  POWER_FORBIDDEN: 5,
  PERMISSION_DENIED: 5,
  BUSY: 6,
  BUDGET_EXCEEDED: 7,
  TURN_LIMIT: 7,
  AGENT_MISSING: 8,
  NOT_LOGGED_IN: 8,
  STORE_UNREADABLE: 9,
  STORE_CORRUPT: 9,
  STORE_NEWER: 9,
  STORE_FULL: 9,
  STORE_BUSY: 9,
  LIMIT_REACHED: 10,
  OVERLOADED: 10,
  HANGUP: 129,
  INTERRUPTED: 130,
  TERMINATED: 143,
};
var SessionError = class extends Error {
  name = 'SessionError';
  code;
  hint;
  constructor(code, message, details = {}) {
    super(message, details.cause === void 0 ? void 0 : { cause: details.cause });
    this.code = code;
    this.hint = details.hint;
  }
  get exitStatus() {
    return EXIT_STATUS[this.code];
  }
};
function systemCode(error) {
  const code = error?.code;
  return typeof code === 'string' ? code : void 0;
}

// src/system/owner.ts
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
var realm;
var self;
function readId(file) {
  try {
    return readFileSync(file, 'latin1').trim().replaceAll('-', '').slice(0, 8);
  } catch {
    return '';
  }
}
function birthOf(pid) {
  if (process.platform !== 'linux') return '';
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const [state2, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state2 === 'Z' || state2 === 'X' ? void 0 : (fields[18] ?? '');
  } catch (error) {
    return ['ENOENT', 'ESRCH'].includes(systemCode(error) ?? '') && isPidTaken(pid) ? '' : void 0;
  }
}
function isPidTaken(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCode(error) !== 'ESRCH';
  }
}
function ownRealm() {
  if (realm !== void 0) return realm;
  let namespace = '';
  try {
    namespace = `/${readlinkSync('/proc/self/ns/pid')}`;
  } catch {}
  const ids = `${readId('/etc/machine-id')}-${readId('/proc/sys/kernel/random/boot_id')}`;
  return (realm = `${hostname()}/${ids}${namespace}`);
}
function parse(owner) {
  const [, pid, birth, where] = /^(\d+)\.([^@]*)@(.*)$/s.exec(owner) ?? [];
  return pid === void 0 ? void 0 : { pid: Number(pid), birth, realm: where };
}
function ownerOf(pid) {
  return `${pid}.${birthOf(pid) ?? ''}@${ownRealm()}`;
}
function selfOwner() {
  return (self ??= ownerOf(process.pid));
}
function isAlive(owner) {
  const named = parse(owner);
  if (named === void 0 || named.realm !== ownRealm()) return 'unknown';
  if (!isPidTaken(named.pid)) return false;
  const birth = birthOf(named.pid);
  return birth !== void 0 && (named.birth === '' || birth === '' || birth === named.birth);
}
function isGone(owner, lastSignAt, patienceMs, now = Date.now()) {
  const alive = isAlive(owner);
  return alive === 'unknown' ? now - lastSignAt > patienceMs : !alive;
}
function describeOwner(owner) {
  const named = parse(owner);
  if (named === void 0) return 'another process';
  if (named.realm === ownRealm()) return `process ${named.pid}`;
  const [host] = named.realm.split('/');
  return `process ${named.pid} on ${host === hostname() ? 'another boot or machine of this name' : host}`;
}

// src/store/failure.ts
var NO_ACCESS = /* @__PURE__ */ new Set(['EACCES', 'EPERM', 'EROFS']);
function isAccessRefused(error) {
  return NO_ACCESS.has(systemCode(error) ?? '');
}
function explainFailure(path2, error, failure) {
  if (error instanceof SessionError) return error;
  const words = error instanceof Error ? error.message : String(error);
  const cause = failure ?? error;
  const reason = systemCode(cause) === void 0 ? '' : ` (${cause.message})`;
  if (/disk is full/.test(words) || ['ENOSPC', 'EDQUOT', 'EFBIG'].includes(systemCode(cause) ?? '')) {
    return new SessionError('STORE_FULL', `There is no room for the store ${path2}${reason}.`, {
      hint: 'Free some space on its file system and repeat the command; nothing was changed.',
      cause,
    });
  }
  if (isAccessRefused(cause) || /readonly database/.test(words)) return noAccess(path2, cause);
  if (/not a database/.test(words)) return notOurs(path2, 'is not a session store');
  if (/malformed|corrupt/.test(words)) return damaged(path2, words, cause);
  if (systemCode(cause) !== void 0 || /I\/O error|unable to open/.test(words)) {
    return new SessionError('STORE_UNREADABLE', `The store ${path2} could not be used: ${words}${reason}.`, {
      hint: 'Check the file, its directory and the disk.',
      cause,
    });
  }
  return error;
}
var NOT_AS_WE_MADE_IT = /no such (table|column|index|module)|has no column|already exists|duplicate column/;
function explainStoreFailure(path2, error, failure) {
  const explained = explainFailure(path2, error, failure);
  const isUnfit =
    error instanceof SyntaxError || (error instanceof Error && NOT_AS_WE_MADE_IT.test(error.message));
  return explained === error && isUnfit ? damaged(path2, error.message, error) : explained;
}
function damaged(path2, words, cause) {
  return new SessionError('STORE_CORRUPT', `The store ${path2} is damaged: ${words}.`, {
    hint: 'Restore it from a backup, or move it away to start with an empty one (`sqlite3 FILE .recover` may save what is in it).',
    cause,
  });
}
function noAccess(path2, cause) {
  const reason = systemCode(cause) === void 0 ? '' : ` (${cause.message})`;
  return new SessionError('STORE_UNREADABLE', `No permission for the store ${path2}${reason}.`, {
    hint: 'Grant yourself read and write access to the file and its directory, or set CLAUDE_SESSION_HOME to another directory.',
    cause,
  });
}
function needsUpgrade(path2) {
  return new SessionError(
    'STORE_UNREADABLE',
    `The store ${path2} is of an older version, and may not be written.`,
    {
      hint: 'Run session once as a user with write access to it; that brings it up to date.',
    },
  );
}
function notOurs(path2, what) {
  return new SessionError('STORE_UNREADABLE', `${path2} ${what}.`, {
    hint: 'Move it away, or set CLAUDE_SESSION_HOME to another directory.',
  });
}
function newerSchema(path2, found, known) {
  return new SessionError(
    'STORE_NEWER',
    `The store ${path2} was written by a newer version of session (schema ${found}; this version knows ${known}).`,
    { hint: 'Update session, or set CLAUDE_SESSION_HOME to another directory.' },
  );
}
function storeBusy(path2, holder, timeoutMs) {
  const who = holder === '' ? 'another program (sqlite3?)' : describeOwner(holder ?? '');
  return new SessionError(
    'STORE_BUSY',
    `The store ${path2} is in use by ${who}; waited ${timeoutMs / 1e3} s.`,
    {
      hint: `Repeat the command when it has ended; if nothing uses the store any more, remove ${path2}.lock.`,
    },
  );
}

// src/store/header.ts
import { closeSync, openSync, readSync } from 'node:fs';

// src/store/seal.ts
import { existsSync, renameSync, rmSync, statSync } from 'node:fs';
var WRITE_VERSION_AT = 18;
var ORDINARY = 1;
var SEALED = 3;
var SEALED_JOURNAL = '.journal';
function setVersion(piece, offset, version2) {
  const at = WRITE_VERSION_AT - offset;
  if (at < 0 || at >= piece.length) return void 0;
  const was = piece[at];
  piece[at] = version2;
  return was;
}
function showUnsealed(piece, offset) {
  const at = WRITE_VERSION_AT - offset;
  if (piece[at] === SEALED) setVersion(piece, offset, ORDINARY);
}
function whileSealed(piece, offset, write) {
  const was = setVersion(piece, offset, SEALED);
  try {
    return write();
  } finally {
    if (was !== void 0) setVersion(piece, offset, was);
  }
}
function adoptJournal(path2) {
  const old = `${path2}-journal`;
  if (!existsSync(old)) return;
  const adopted = statSync(path2 + SEALED_JOURNAL, { throwIfNoEntry: false })?.size ?? 0;
  if (statSync(old).size > 0 && adopted === 0) renameSync(old, path2 + SEALED_JOURNAL);
  else rmSync(old);
}

// src/store/migrations.ts
var APPLICATION_ID = 1397052243;
var MIGRATIONS = [
  `
  CREATE TABLE sessions (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT,
    mode TEXT NOT NULL,
    root TEXT NOT NULL,
    study TEXT,
    agent TEXT NOT NULL,
    model TEXT,
    agent_session_id TEXT,
    agent_since_turn INTEGER,
    warm INTEGER NOT NULL,
    pinned INTEGER NOT NULL,
    budget_usd REAL,
    created_at INTEGER NOT NULL,
    last_active_at INTEGER NOT NULL,
    trashed_at INTEGER,
    message_count INTEGER NOT NULL DEFAULT 0,
    turn_count INTEGER NOT NULL DEFAULT 0,
    cost_usd REAL NOT NULL DEFAULT 0,
    tags TEXT NOT NULL,
    mcp_configs TEXT NOT NULL,
    system_prompt TEXT,
    attachments TEXT NOT NULL
  );
  CREATE UNIQUE INDEX sessions_live_name ON sessions (name, root) WHERE trashed_at IS NULL;
  CREATE INDEX sessions_live ON sessions (last_active_at) WHERE trashed_at IS NULL;
  CREATE INDEX sessions_live_root ON sessions (root, last_active_at) WHERE trashed_at IS NULL;
  CREATE INDEX sessions_trashed ON sessions (last_active_at) WHERE trashed_at IS NOT NULL;

  CREATE TABLE turns (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    status TEXT NOT NULL,
    owner TEXT,
    continuity TEXT,
    limits TEXT NOT NULL,
    error_code TEXT,
    error_message TEXT,
    usage TEXT,
    cost_usd REAL NOT NULL DEFAULT 0,
    num_turns INTEGER,
    permission_denials TEXT NOT NULL DEFAULT '[]',
    duration_ms INTEGER,
    ttft_ms INTEGER,
    model TEXT,
    agent_version TEXT,
    exit_code INTEGER,
    queued_at INTEGER NOT NULL,
    started_at INTEGER,
    ended_at INTEGER
  );
  CREATE INDEX turns_session ON turns (session_id);
  CREATE INDEX turns_open ON turns (session_id) WHERE ended_at IS NULL;

  CREATE TABLE messages (
    id INTEGER PRIMARY KEY,
    session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    turn_id INTEGER NOT NULL,
    role TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    parts INTEGER NOT NULL DEFAULT 0,
    content TEXT NOT NULL
  );
  CREATE INDEX messages_session ON messages (session_id, id, created_at);

  CREATE TABLE message_parts (
    message_id INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
    n INTEGER NOT NULL,
    content TEXT NOT NULL,
    PRIMARY KEY (message_id, n)
  );

  CREATE TABLE tool_calls (
    turn_id INTEGER NOT NULL REFERENCES turns (id) ON DELETE CASCADE,
    n INTEGER NOT NULL,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    input TEXT NOT NULL,
    result TEXT,
    is_error INTEGER NOT NULL,
    denied INTEGER NOT NULL,
    text_offset INTEGER NOT NULL,
    PRIMARY KEY (turn_id, n)
  );

  CREATE TABLE mode_switches (
    id INTEGER PRIMARY KEY,
    session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    from_mode TEXT NOT NULL,
    to_mode TEXT NOT NULL,
    by_user TEXT NOT NULL,
    at INTEGER NOT NULL
  );
  CREATE INDEX mode_switches_session ON mode_switches (session_id);
  `,
  // What a session holds: its messages, its tool calls, and what was attached to it. Kept by triggers, whoever writes.
  `
  ALTER TABLE sessions ADD COLUMN bytes INTEGER NOT NULL DEFAULT 0;
  UPDATE sessions SET bytes = octet_length(attachments) - 2 + coalesce(octet_length(system_prompt), 0)
    + coalesce((SELECT sum(octet_length(content)) FROM messages WHERE session_id = sessions.id), 0)
    + coalesce((SELECT sum(octet_length(part.content)) FROM messages AS message
        JOIN message_parts AS part ON part.message_id = message.id WHERE message.session_id = sessions.id), 0)
    + coalesce((SELECT sum(octet_length(input) + coalesce(octet_length(result), 0)) FROM turns
        JOIN tool_calls ON turn_id = turns.id WHERE session_id = sessions.id), 0);

  CREATE TRIGGER session_bytes AFTER INSERT ON sessions BEGIN
    UPDATE sessions SET bytes = octet_length(NEW.attachments) - 2 + coalesce(octet_length(NEW.system_prompt), 0)
    WHERE rowid = NEW.rowid;
  END;
  CREATE TRIGGER session_bytes_change AFTER UPDATE OF attachments, system_prompt ON sessions BEGIN
    UPDATE sessions SET bytes = bytes
      + octet_length(NEW.attachments) + coalesce(octet_length(NEW.system_prompt), 0)
      - octet_length(OLD.attachments) - coalesce(octet_length(OLD.system_prompt), 0)
    WHERE rowid = NEW.rowid;
  END;
  CREATE TRIGGER message_bytes AFTER INSERT ON messages BEGIN
    UPDATE sessions SET bytes = bytes + octet_length(NEW.content) WHERE id = NEW.session_id;
  END;
  CREATE TRIGGER message_part_bytes AFTER INSERT ON message_parts BEGIN
    UPDATE sessions SET bytes = bytes + octet_length(NEW.content)
    WHERE id = (SELECT session_id FROM messages WHERE id = NEW.message_id);
  END;
  CREATE TRIGGER tool_call_bytes AFTER INSERT ON tool_calls BEGIN
    UPDATE sessions SET bytes = bytes + octet_length(NEW.input) + coalesce(octet_length(NEW.result), 0)
    WHERE id = (SELECT session_id FROM turns WHERE id = NEW.turn_id);
  END;

  CREATE INDEX sessions_age_live ON sessions (pinned, last_active_at, bytes, root) WHERE trashed_at IS NULL;
  CREATE INDEX sessions_age_trashed ON sessions (pinned, trashed_at, last_active_at, bytes, root)
    WHERE trashed_at IS NOT NULL;
  `,
  // The words of all messages, kept by triggers in the transactions that write the messages. A document is a part of a
  // message: the first under the message's id, the n-th under id - n * 2^40, so that newer messages are found first. The
  // texts themselves are not kept twice. Of a message its first million characters are indexed, which bounds a write.
  // Messages that are older than the index have ids below `unindexed_below`; see search-backlog.ts.
  //
  // A turn that `fork` copied is marked: it is no second use of the agent. A session's `fork` is what it is to begin from.
  `
  CREATE INDEX message_parts_text ON message_parts (message_id - (n << 40)) WHERE n < 12;
  CREATE VIEW message_texts AS
    SELECT id AS rowid, content, session_id AS session FROM messages
    UNION ALL
    SELECT message_id - (n << 40), content, (SELECT session_id FROM messages WHERE id = message_id)
      FROM message_parts WHERE n < 12;
  CREATE VIRTUAL TABLE message_index USING fts4 (
    content="message_texts", content, session, tokenize=unicode61 "remove_diacritics=2", order=desc
  );
  INSERT INTO message_index (message_index) VALUES ('automerge=8');
  CREATE TABLE message_index_state (unindexed_below INTEGER NOT NULL);
  INSERT INTO message_index_state SELECT coalesce(max(id) + 1, 0) FROM messages;
  CREATE TRIGGER messages_index AFTER INSERT ON messages BEGIN
    INSERT INTO message_index (docid, content, session) VALUES (new.id, new.content, new.session_id);
  END;
  CREATE TRIGGER message_parts_index AFTER INSERT ON message_parts WHEN new.n < 12 BEGIN
    INSERT INTO message_index (docid, content, session)
      SELECT new.message_id - (new.n << 40), new.content, session_id FROM messages WHERE id = new.message_id;
  END;
  CREATE TRIGGER messages_unindex BEFORE DELETE ON messages
    WHEN old.id >= (SELECT unindexed_below FROM message_index_state) BEGIN
    DELETE FROM message_parts WHERE message_id = old.id;
    DELETE FROM message_index WHERE docid = old.id;
  END;
  CREATE TRIGGER message_parts_unindex BEFORE DELETE ON message_parts
    WHEN old.n < 12 AND old.message_id >= (SELECT unindexed_below FROM message_index_state) BEGIN
    DELETE FROM message_index WHERE docid = old.message_id - (old.n << 40);
  END;

  ALTER TABLE turns ADD COLUMN copied_from INTEGER;
  CREATE INDEX turns_ended ON turns (ended_at) WHERE ended_at IS NOT NULL AND copied_from IS NULL;
  ALTER TABLE sessions ADD COLUMN fork TEXT;
  CREATE INDEX sessions_agent ON sessions (agent_session_id) WHERE agent_session_id IS NOT NULL;
  `,
  // What an agent conversation was told and has used, and the use of a turn by model.
  `
  ALTER TABLE sessions ADD COLUMN agent_context TEXT;
  ALTER TABLE sessions ADD COLUMN agent_spent TEXT;
  ALTER TABLE turns ADD COLUMN usage_by_model TEXT;
  `,
  // When the usage limit ends that a turn failed at.
  `
  ALTER TABLE turns ADD COLUMN retry_at INTEGER;
  `,
  // When a session was imported, and from when its age counts. Of an imported transcript the lines are kept, with what a
  // turn was made of them; see importing.ts.
  `
  ALTER TABLE sessions ADD COLUMN arrived_at INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE sessions ADD COLUMN aged_at INTEGER GENERATED ALWAYS AS (max(last_active_at, arrived_at)) VIRTUAL;
  DROP INDEX sessions_age_live;
  CREATE INDEX sessions_age_live ON sessions (pinned, aged_at, last_active_at, bytes, root) WHERE trashed_at IS NULL;
  ALTER TABLE turns ADD COLUMN made TEXT;
  CREATE TABLE transcript_lines (
    id INTEGER PRIMARY KEY,
    session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    transcript TEXT NOT NULL,
    uuid TEXT NOT NULL,
    call TEXT,
    used INTEGER NOT NULL,
    is_copy INTEGER NOT NULL,
    line BLOB NOT NULL
  );
  CREATE UNIQUE INDEX transcript_lines_uuid ON transcript_lines (transcript, uuid);
  CREATE INDEX transcript_lines_session ON transcript_lines (session_id);
  CREATE INDEX transcript_lines_call ON transcript_lines (call) WHERE call IS NOT NULL;
  `,
  // Characters of scripts without spaces are found, and other Unicode forms of a text; `index_text` is `toIndexText`. The
  // n-th part of a message is now under id + n * 2^40: of documents in falling order the few at the end take longest.
  `
  DROP TRIGGER messages_index;
  DROP TRIGGER message_parts_index;
  DROP TABLE message_index;
  DROP VIEW message_texts;
  DROP INDEX message_parts_text;
  DROP TRIGGER message_parts_unindex;
  CREATE INDEX message_parts_text ON message_parts (message_id + (n << 40)) WHERE n < 12;
  CREATE VIEW message_texts AS
    SELECT id AS rowid, CAST(index_text(content) AS TEXT) AS content, session_id AS session FROM messages
    UNION ALL
    SELECT message_id + (n << 40), CAST(index_text(content) AS TEXT),
      (SELECT session_id FROM messages WHERE id = message_id) FROM message_parts WHERE n < 12;
  CREATE VIRTUAL TABLE message_index USING fts4 (
    content="message_texts", content, session, tokenize=unicode61 "remove_diacritics=2", order=desc
  );
  INSERT INTO message_index (message_index) VALUES ('automerge=8');
  UPDATE message_index_state SET unindexed_below = (SELECT coalesce(max(id) + 1, 0) FROM messages);
  CREATE TRIGGER messages_index AFTER INSERT ON messages BEGIN
    INSERT INTO message_index (docid, content, session)
      VALUES (new.id, CAST(index_text(new.content) AS TEXT), new.session_id);
  END;
  CREATE TRIGGER message_parts_index AFTER INSERT ON message_parts WHEN new.n < 12 BEGIN
    INSERT INTO message_index (docid, content, session)
      SELECT new.message_id + (new.n << 40), CAST(index_text(new.content) AS TEXT), session_id
      FROM messages WHERE id = new.message_id;
  END;
  CREATE TRIGGER message_parts_unindex BEFORE DELETE ON message_parts
    WHEN old.n < 12 AND old.message_id >= (SELECT unindexed_below FROM message_index_state) BEGIN
    DELETE FROM message_index WHERE docid = old.message_id + (old.n << 40);
  END;
  `,
];

// src/store/header.ts
function readHeader(path2) {
  const bytes = Buffer.alloc(100);
  const fd = openSync(path2, 'r');
  try {
    if (readSync(fd, bytes, 0, 100, 0) === 0) return void 0;
  } finally {
    closeSync(fd);
  }
  return {
    isSqlite: bytes.toString('latin1', 0, 16) === 'SQLite format 3\0',
    isSealed: bytes[18] === SEALED,
    // 1 stands for 65536.
    pageSize: bytes.readUInt16BE(16) === 1 ? 65536 : bytes.readUInt16BE(16),
    freePages: bytes.readUInt32BE(36),
    isWal: bytes[18] === 2 || bytes[19] === 2,
    changeCounter: bytes.readUInt32BE(24),
    userVersion: bytes.readUInt32BE(60),
    applicationId: bytes.readUInt32BE(68),
  };
}
function checkSchema(path2, found, known) {
  if (found.applicationId !== APPLICATION_ID) throw notOurs(path2, 'is a database of another program');
  if (found.userVersion > known) throw newerSchema(path2, found.userVersion, known);
  return found.userVersion;
}

// src/store/locked-database.ts
import { statSync as statSync4 } from 'node:fs';

// src/system/lock.ts
import { readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

// src/system/lock-file.ts
import {
  lstatSync,
  lutimesSync,
  readFileSync as readFileSync2,
  readlinkSync as readlinkSync2,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
var UNVERIFIABLE_AFTER_MS = 6e4;
var LINKS_REFUSED = /* @__PURE__ */ new Set(['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP', 'UNKNOWN']);
function createLockFile(path2, owner, links) {
  try {
    if (links) symlinkSync(owner, path2);
    else writeFileSync(path2, owner, { flag: 'wx', mode: 384 });
    return true;
  } catch (error) {
    const code = systemCode(error) ?? '';
    if (code === 'EEXIST' || (process.platform === 'win32' && !links && code === 'EPERM')) return false;
    if (links && LINKS_REFUSED.has(code)) return createLockFile(path2, owner, false);
    throw error;
  }
}
function readLockFile(path2) {
  const kind2 = lstatSync(path2, { throwIfNoEntry: false });
  if (kind2 === void 0) return void 0;
  try {
    return kind2.isSymbolicLink() ? readlinkSync2(path2) : kind2.isFile() ? readFileSync2(path2, 'utf8') : '';
  } catch (error) {
    return systemCode(error) === 'ENOENT' ? void 0 : '';
  }
}
function isAbandoned(path2, owner) {
  const file = lstatSync(path2, { throwIfNoEntry: false });
  return file?.isDirectory() === false && isGone(owner, file.mtimeMs, UNVERIFIABLE_AFTER_MS);
}
function touchLockFile(path2) {
  const now = /* @__PURE__ */ new Date();
  lutimesSync(path2, now, now);
}
function removeLockFile(path2) {
  try {
    unlinkSync(path2);
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
  }
}

// src/system/monotonic.ts
var monotonicMs = () => process.uptime() * 1e3;

// src/system/lock.ts
var IMPATIENT_AFTER_MS = 10;
var COURTESY_MS = 10;
var cell = new Int32Array(new SharedArrayBuffer(4));
var FileLock = class _FileLock {
  path;
  #links;
  #next;
  #touchedAt = 0;
  #releasedAt = -COURTESY_MS;
  #held = false;
  /** `links: false` makes it an exclusively created file at once, as on file systems without links. */
  constructor(path2, options = {}) {
    this.path = path2;
    this.#links = options.links ?? true;
    this.#next = `${path2}.next`;
  }
  get isHeld() {
    return this.#held;
  }
  /** Waits without blocking the event loop; false when the time ran out. Throws what the system says if no lock can be made there. */
  async acquire(timeoutMs) {
    const waiting = this.#wait(timeoutMs);
    for (;;) {
      const step = waiting.next();
      if (step.done === true) return step.value;
      await sleep(step.value);
    }
  }
  /** As `acquire`, but blocks. */
  acquireSync(timeoutMs) {
    const waiting = this.#wait(timeoutMs);
    for (;;) {
      const step = waiting.next();
      if (step.done === true) return step.value;
      Atomics.wait(cell, 0, 0, step.value);
    }
  }
  tryAcquire() {
    if (this.#create()) return true;
    const owner = readLockFile(this.path);
    if (owner === void 0 || !isAbandoned(this.path, owner)) return false;
    this.#evict(owner);
    return this.#create();
  }
  release() {
    if (!this.#held) return;
    this.#held = false;
    this.#releasedAt = monotonicMs();
    removeLockFile(this.path);
  }
  /** Whether the lock is still ours, and a sign of life: to call often while holding it for seconds. Looks only now and then. */
  confirm(everyMs = 5e3) {
    if (!this.#held || monotonicMs() - this.#touchedAt < everyMs) return this.#held;
    if (readLockFile(this.path) !== selfOwner()) return (this.#held = false);
    touchLockFile(this.path);
    this.#touchedAt = monotonicMs();
    return true;
  }
  /** The owner's name (see owner.ts), '' when it is not known, undefined when the lock is free. */
  holder() {
    return readLockFile(this.path);
  }
  #create() {
    if (!createLockFile(this.path, selfOwner(), this.#links)) return false;
    this.#touchedAt = monotonicMs();
    return (this.#held = true);
  }
  /** Yields the pauses between attempts, in ms. */
  *#wait(timeoutMs) {
    const since = monotonicMs();
    let isNext = false;
    try {
      for (let pauseMs = 1; ; pauseMs = Math.min(pauseMs * 1.5, 8)) {
        const now = monotonicMs();
        const isPolite = !isNext && now - this.#releasedAt < COURTESY_MS && this.#isReserved();
        if (!isPolite && this.tryAcquire()) return true;
        if (now - since >= timeoutMs) return false;
        if (!isNext && now - since > IMPATIENT_AFTER_MS) {
          isNext = !this.#isReserved() && createLockFile(this.#next, selfOwner(), this.#links);
        }
        yield isNext || isPolite ? 1 : pauseMs * (0.5 + Math.random());
      }
    } finally {
      if (isNext) removeLockFile(this.#next);
    }
  }
  /** The reservation is a courtesy, not a lock: removing a dead one may hit a new one, which only costs fairness. */
  #isReserved() {
    const owner = readLockFile(this.#next);
    if (owner === void 0) return false;
    if (!isAbandoned(this.#next, owner)) return true;
    removeLockFile(this.#next);
    return false;
  }
  /**
   * Takes a dead owner's lock away. Only who holds the eviction ticket of this very owner may: a dead owner never comes
   * back, so a second evictor finds somebody else's lock, and leaves it. A ticket's owner may die too, and is evicted alike.
   */
  #evict(owner) {
    const ticket = this.#ticket(`${this.path}.evict.${owner.replace(/[^\w.-]/g, '_').slice(0, 150)}`);
    if (!ticket.tryAcquire()) return;
    try {
      if (readLockFile(this.path) === owner && isAbandoned(this.path, owner)) removeLockFile(this.path);
    } finally {
      ticket.release();
    }
    this.#sweep();
  }
  /** Removes the tickets of evictors that died when their work was done, each as any lock of a dead owner. */
  #sweep() {
    const prefix = `${basename(this.path)}.evict.`;
    for (const name of readdirSync(dirname(this.path))) {
      const ticket = this.#ticket(join(dirname(this.path), name));
      if (name.startsWith(prefix) && ticket.tryAcquire()) ticket.release();
    }
  }
  #ticket(path2) {
    return new _FileLock(path2, { links: this.#links });
  }
};

// src/store/search-text.ts
var RUN = new RegExp(
  `[${[
    '\\u0E00-\\u109F',
    // Thai, Lao, Tibetan, Burmese
    '\\u1100-\\u11FF',
    // Hangul Jamo
    '\\u1780-\\u17FF\\u1950-\\u19FF\\u1A20-\\u1AAF\\u1B00-\\u1B7F',
    // Khmer, Tai, Balinese
    '\\u3005-\\u3007\\u3021-\\u303D\\u3040-\\u4DBF\\u4E00-\\uA4CF',
    // kana, Han, Yi
    '\\uA960-\\uA9FF\\uAA60-\\uAADF\\uAC00-\\uD7FF\\uF900-\\uFAFF',
    '\\u{16FE0}-\\u{18DFF}\\u{1AFF0}-\\u{1B2FF}\\u{20000}-\\u{3FFFF}',
    '\\xA9\\xAE\\u203C\\u2049\\u20E3\\u2122\\u2139\\u2190-\\u21FF\\u2300-\\u24FF\\u25A0-\\u27BF\\u2900-\\u297F\\u2B00-\\u2BFF',
    '\\u{1F000}-\\u{1FBFF}',
  ].join('')}]+`,
  'gu',
);
var COMPATIBLE = /[\u2E80-\u2FDF\uF900-\uFFEF]+/gu;
var SHIFT = 262144;
var UNIT = /[\0-\x7F]+(?![\p{M}\uFF9E\uFF9F])|[^][\p{M}\u1160-\u11FF\uD7B0-\uD7FF\uFF9E\uFF9F\u200D]*/gu;
function normalise(text) {
  return text
    .replaceAll(/[\uFE0E\uFE0F]/g, '')
    .replace(COMPATIBLE, (piece) => piece.normalize('NFKC'))
    .normalize('NFC');
}
function isPlain(text) {
  return !/[^\0-\x7F]/.test(text);
}
function toIndexText(text) {
  return isPlain(text) ? text : normalise(text).replace(RUN, (run) => ` ${toPairs(run).join(' ')} `);
}
function toPairs(run) {
  const shifted = Array.from(run, (character) => String.fromCodePoint(character.codePointAt(0) + SHIFT));
  return shifted.map((character, n) => character + (shifted[n + 1] ?? ''));
}
function isOfCharacters(word2) {
  return word2.codePointAt(0) >= SHIFT;
}
var WordPlaces = class {
  #starts = [];
  #ends = [];
  constructor(text) {
    const [origins, ends] = mapNormalised(text);
    let place = 0;
    const normal = normalise(text);
    const keep = (to) => {
      for (; place < to; place++) this.#add(1, origins[place], ends[place]);
    };
    for (const { 0: run, index } of normal.matchAll(RUN)) {
      keep(index);
      const characters = [...run];
      this.#add(1, origins[index], origins[index]);
      for (const [n, character] of characters.entries()) {
        const last = place + character.length + (characters[n + 1]?.length ?? 0) - 1;
        this.#add(2, origins[place], ends[place + character.length - 1]);
        if (n + 1 < characters.length) this.#add(2, origins[place], ends[last]);
        place += character.length;
        this.#add(1, ends[place - 1], ends[place - 1]);
      }
    }
    keep(normal.length);
  }
  #add(length, start, end) {
    for (let n = 0; n < length; n++) {
      this.#starts.push(start);
      this.#ends.push(end);
    }
  }
  /** The range of the text that a range of its indexed form is made of. */
  range(from, to) {
    return from < to ? [this.#starts[from], this.#ends[to - 1]] : [0, 0];
  }
};
function mapNormalised(text) {
  const starts = [];
  const ends = [];
  for (const { 0: unit, index } of text.matchAll(UNIT)) {
    const isAsIs = isPlain(unit);
    const { length } = isAsIs ? unit : normalise(unit);
    for (let n = 0; n < length; n++) {
      starts.push(isAsIs ? index + n : index);
      ends.push(index + (isAsIs ? n + 1 : unit.length));
    }
  }
  return [starts, ends];
}

// src/store/connection.ts
var Connection = class {
  #vfs;
  #target;
  #database;
  #prepared = /* @__PURE__ */ new Map();
  #limits;
  #forgetLimits;
  constructor(vfs, target, limits) {
    this.#vfs = vfs;
    this.#target = target;
    this.#database = vfs.open(target);
    this.#database.create_function('index_text', (text) => Buffer.from(toIndexText(text)));
    this.#limits = limits;
    this.#forgetLimits = limits && vfs.limit(this.#database, limits);
  }
  all(sql, params = []) {
    const prepared = this.#bind(sql, params);
    const { statement } = prepared;
    const rows = [];
    let bytes = 0;
    try {
      while (statement.step()) {
        const values = statement.get();
        if (this.#limits !== void 0 && (bytes += sizeOf(values)) > this.#limits.maxResultBytes)
          throw new Error('result too big');
        rows.push(toObject(prepared, values));
      }
    } finally {
      statement.reset();
    }
    return rows;
  }
  get(sql, params = []) {
    return this.all(sql, params)[0];
  }
  run(sql, params = []) {
    const { statement } = this.#bind(sql, params);
    try {
      statement.step();
    } finally {
      statement.reset();
    }
    return this.#database.getRowsModified();
  }
  /** Runs a script of statements without results. */
  script(sql) {
    this.#database.exec(sql);
  }
  close() {
    this.#prepared.clear();
    this.#database.close();
    this.#forgetLimits?.();
    this.#vfs.forget(this.#target);
  }
  #bind(sql, params) {
    let prepared = this.#prepared.get(sql);
    if (prepared === void 0) {
      const statement = this.#database.prepare(sql);
      prepared = { statement, ...describeRow(statement.getColumnNames()) };
      this.#prepared.set(sql, prepared);
    }
    prepared.statement.bind(params.map((value) => (typeof value === 'boolean' ? Number(value) : value)));
    return prepared;
  }
};
function describeRow(columns) {
  const text = `{${columns.map((name) => `${JSON.stringify(name)}:null`).join(',')}}`;
  return { columns, emptyRow: JSON.parse(text) };
}
function toObject({ columns, emptyRow }, values) {
  const row = { ...emptyRow };
  for (let n = 0; n < columns.length; n++) row[columns[n]] = values[n];
  return row;
}
function sizeOf(values) {
  return values.reduce(
    (sum, value) =>
      sum + 16 + (typeof value === 'string' || value instanceof Uint8Array ? 2 * value.length : 0),
    64,
  );
}

// src/store/engine.ts
import { existsSync as existsSync2, readFileSync as readFileSync3 } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

// src/system/v8-flags.ts
import { setFlagsFromString } from 'node:v8';
var NEWEST_TRIED = 24;
function tuneV8() {
  if (Number.parseInt(process.versions.node, 10) > NEWEST_TRIED) return;
  setFlagsFromString('--no-wasm-tier-up');
  setFlagsFromString('--no-wasm-dynamic-tiering');
  setFlagsFromString('--wasm-lazy-validation');
}

// src/store/sql-js.ts
function contractBroken(what) {
  return new SessionError(
    'STORE_UNREADABLE',
    `The SQLite engine (sql.js) is not the one this was made for: ${what}.`,
    {
      hint: 'Reinstall the package; it brings the version it needs.',
    },
  );
}

// src/store/vfs.ts
import { statSync as statSync3, unlinkSync as unlinkSync3 } from 'node:fs';
import { devNull } from 'node:os';
import { dirname as dirname3 } from 'node:path';

// src/store/limits.ts
var DEFAULT_LIMITS = [1e9, 1e9, 2e3, 1e3, 500];
var WORDS_SEARCHED = 100;
var PROGRESS = 65;
var STEPS_BETWEEN_CALLS = 2e4;
var StatementLimits = class {
  #memory;
  #handler;
  #active = /* @__PURE__ */ new Map();
  /** Tries the limits out on a database of no use, and throws when this SQLite does not heed them. */
  constructor(sql, memory, probe) {
    this.#memory = memory;
    this.#handler = sql.addFunction((id) => (this.#active.get(id)?.isOver() === false ? 0 : 1), 'ii');
    this.#tryOut(probe);
  }
  /** Sets the limits of an open connection. Returns what forgets them, to be called when it is closed. */
  set(database, limits) {
    const handle = database.db;
    const first = this.#findLimits(handle);
    this.#memory.setWord(handle, first, limits.maxValueBytes);
    this.#memory.setWord(handle, first + 1, limits.maxValueBytes);
    const progress = [this.#handler, handle, STEPS_BETWEEN_CALLS];
    progress.forEach((value, n) => this.#memory.setWord(handle, first + PROGRESS + n, value));
    this.#active.set(handle, limits);
    return () => void this.#active.delete(handle);
  }
  #findLimits(handle) {
    for (let first = 0; first < WORDS_SEARCHED; first++)
      if (DEFAULT_LIMITS.every((value, n) => this.#memory.word(handle, first + n) === value)) return first;
    throw contractBroken('its limits are laid out in another way');
  }
  #tryOut(probe) {
    let calls = 0;
    const forget = this.set(probe, { maxValueBytes: 1e3, maxResultBytes: 0, isOver: () => ++calls > 1 });
    const fails = (script, words) => {
      try {
        probe.exec(script);
        return false;
      } catch (error) {
        return words.test(String(error));
      }
    };
    const steps = 'WITH RECURSIVE n (i) AS (VALUES (0) UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM';
    const isStopped = fails(`${steps} (SELECT i FROM n LIMIT ${4 * STEPS_BETWEEN_CALLS})`, /interrupted/);
    const isRefused = fails('SELECT zeroblob(2000)', /too big/);
    forget();
    if (!isStopped || !isRefused) throw contractBroken('it can not be limited');
  }
};

// src/store/sqlite-abi.ts
var RESULT = {
  OK: 0,
  BUSY: 5,
  NOTFOUND: 12,
  FULL: 13,
  CANTOPEN: 14,
  IOERR_READ: 266,
  IOERR_SHORT_READ: 522,
  IOERR_WRITE: 778,
  IOERR_FSYNC: 1034,
  IOERR_TRUNCATE: 1546,
  IOERR_FSTAT: 1802,
  IOERR_UNLOCK: 2058,
  IOERR_DELETE: 2570,
  IOERR_ACCESS: 3338,
  IOERR_LOCK: 3850,
  IOERR_CLOSE: 4106,
};
var OPEN = { READONLY: 1, READWRITE: 2, CREATE: 4, EXCLUSIVE: 16 };
var LOCK = { NONE: 0, SHARED: 1, RESERVED: 2, PENDING: 3, EXCLUSIVE: 4 };
var IOCAP_POWERSAFE_OVERWRITE = 4096;
var VFS_SLOT = {
  iVersion: 0,
  szOsFile: 1,
  mxPathname: 2,
  zName: 4,
  xOpen: 6,
  xDelete: 7,
  xAccess: 8,
  xRandomness: 14,
};
var IO_METHODS = {
  xClose: 'ii',
  xRead: 'iiiij',
  xWrite: 'iiiij',
  xTruncate: 'iij',
  xSync: 'iii',
  xFileSize: 'iii',
  xLock: 'iii',
  xUnlock: 'iii',
  xCheckReservedLock: 'iii',
  xFileControl: 'iiii',
  xSectorSize: 'ii',
  xDeviceCharacteristics: 'ii',
};

// src/store/vfs-files.ts
import {
  closeSync as closeSync2,
  constants,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync as openSync2,
  readSync as readSync2,
  statSync as statSync2,
  unlinkSync as unlinkSync2,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname as dirname2, join as join2 } from 'node:path';

// src/store/vfs-target.ts
function lockedTarget(path2, lock) {
  return {
    path: path2,
    isReadOnly: false,
    isSealed: true,
    mayLock: (level) => lock.isHeld && (level < LOCK.RESERVED || lock.confirm()),
    failure: void 0,
  };
}
function unlockedTarget(path2, isSealed2) {
  return {
    path: path2,
    isReadOnly: true,
    isSealed: isSealed2,
    mayLock: (level) => level <= LOCK.SHARED,
    failure: void 0,
  };
}
function privateTarget(path2, isSealed2) {
  return { path: path2, isReadOnly: false, isSealed: isSealed2, mayLock: () => true, failure: void 0 };
}
function pathOf(target, suffix) {
  if (suffix === '' || !target.isSealed) return target.path + suffix;
  return suffix === '-journal' ? target.path + SEALED_JOURNAL : void 0;
}

// src/store/vfs-files.ts
var SECTOR_SIZE = 4096;
var SCRATCH_DIRECTORIES = ['/var/tmp', '/tmp', '/dev/shm'];
var NO_SPACE = /* @__PURE__ */ new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);
var NO_WRITE_ACCESS = /* @__PURE__ */ new Set(['EACCES', 'EPERM', 'EROFS']);
function syncDirectory(directory) {
  if (process.platform === 'win32') return;
  const fd = openSync2(directory, constants.O_RDONLY);
  try {
    fsyncSync(fd);
  } finally {
    closeSync2(fd);
  }
}
function attempt(target, failure, work) {
  try {
    return work();
  } catch (error) {
    if (target !== void 0) target.failure = error;
    return NO_SPACE.has(systemCode(error) ?? '') ? RESULT.FULL : failure;
  }
}
var VfsFiles = class {
  #memory;
  #files = /* @__PURE__ */ new Map();
  constructor(memory) {
    this.#memory = memory;
  }
  /** Opens the database (`suffix` ''), or a file beside it. Returns the flags it was opened with. */
  open(file, target, suffix, flags) {
    const path2 = pathOf(target, suffix);
    if (path2 === void 0) throw contractBroken(`it opened a file ${suffix}`);
    const create = (flags & OPEN.CREATE) !== 0 && !target.isReadOnly ? constants.O_CREAT : 0;
    const exclusive = create !== 0 && (flags & OPEN.EXCLUSIVE) !== 0 ? constants.O_EXCL : 0;
    const isMain = suffix === '';
    const role = isMain ? 'database' : 'journal';
    const unsyncedIn = create === 0 ? void 0 : dirname2(path2);
    if ((flags & OPEN.READWRITE) !== 0 && !target.isReadOnly) {
      try {
        const mode = isMain || create === 0 ? 384 : statSync2(target.path).mode & 511;
        const fd = openSync2(path2, constants.O_RDWR | create | exclusive, mode);
        this.#files.set(file, { fd, target, role, unsyncedIn });
        return flags;
      } catch (error) {
        if (!isMain || !NO_WRITE_ACCESS.has(systemCode(error) ?? '')) throw error;
      }
    }
    this.#files.set(file, { fd: openSync2(path2, constants.O_RDONLY), target, role, unsyncedIn: void 0 });
    return (flags & ~(OPEN.READWRITE | OPEN.CREATE)) | OPEN.READONLY;
  }
  /** A scratch file of SQLite's own: real, so that large ones cost no memory, and unlinked at once, so that none is left. */
  openTemporary(file, target) {
    this.#files.set(file, { fd: openScratch(), target, role: 'scratch', unsyncedIn: void 0 });
  }
  /** The body of every I/O method, as SQLite calls it. */
  methods = {
    xClose: (file) =>
      this.#do(file, RESULT.IOERR_CLOSE, ({ fd }) => {
        this.#files.delete(file);
        closeSync2(fd);
        return RESULT.OK;
      }),
    xRead: (file, buffer, length, offset) =>
      this.#do(file, RESULT.IOERR_READ, (it) =>
        this.#read(it, this.#memory.bytes(buffer, length), Number(offset)),
      ),
    xWrite: (file, buffer, length, offset) =>
      this.#do(file, RESULT.IOERR_WRITE, (it) => {
        if (!mayChange(it)) return RESULT.IOERR_WRITE;
        const source = this.#memory.bytes(buffer, length);
        const write = () => writeAll(it.fd, source, Number(offset));
        if (isSealed(it)) whileSealed(source, Number(offset), write);
        else write();
        return RESULT.OK;
      }),
    xTruncate: (file, size) =>
      this.#do(file, RESULT.IOERR_TRUNCATE, (it) => {
        if (!mayChange(it)) return RESULT.IOERR_TRUNCATE;
        ftruncateSync(it.fd, Number(size));
        return RESULT.OK;
      }),
    xSync: (file) =>
      this.#do(file, RESULT.IOERR_FSYNC, (it) => {
        fsyncSync(it.fd);
        if (it.unsyncedIn !== void 0) syncDirectory(it.unsyncedIn);
        it.unsyncedIn = void 0;
        return RESULT.OK;
      }),
    xFileSize: (file, result) =>
      this.#do(file, RESULT.IOERR_FSTAT, ({ fd }) => {
        this.#memory.view.setBigInt64(result, BigInt(fstatSync(fd).size), true);
        return RESULT.OK;
      }),
    xLock: (file, level) =>
      this.#do(file, RESULT.IOERR_LOCK, ({ target }) => (target.mayLock(level) ? RESULT.OK : RESULT.BUSY)),
    xUnlock: () => RESULT.OK,
    /** Whoever asks has the file to itself, so nobody else can be writing: a journal found now is hot. */
    xCheckReservedLock: (_file, result) => {
      this.#memory.view.setInt32(result, LOCK.NONE, true);
      return RESULT.OK;
    },
    xFileControl: () => RESULT.NOTFOUND,
    xSectorSize: () => SECTOR_SIZE,
    xDeviceCharacteristics: () => IOCAP_POWERSAFE_OVERWRITE,
  };
  #do(file, failure, work) {
    const it = this.#files.get(file);
    return attempt(it?.target, failure, () => (it === void 0 ? failure : work(it)));
  }
  #read(it, into, offset) {
    let got = 0;
    for (let n = -1; n !== 0 && got < into.length; got += n) {
      n = readSync2(it.fd, into, got, into.length - got, offset + got);
    }
    into.fill(0, got);
    if (isSealed(it)) showUnsealed(into, offset);
    else if (it.role === 'database' && it.target.isReadOnly) disguiseWal(into, offset);
    return got === into.length ? RESULT.OK : RESULT.IOERR_SHORT_READ;
  }
};
function isSealed({ role, target }) {
  return role === 'database' && target.isSealed;
}
function writeAll(fd, source, offset) {
  for (let done = 0; done < source.length;)
    done += writeSync(fd, source, done, source.length - done, offset + done);
}
function mayChange({ role, target }) {
  return role === 'scratch' || target.mayLock(LOCK.EXCLUSIVE);
}
function openScratch() {
  const name = `session-${process.pid}-${Math.random().toString(36).slice(2)}.tmp`;
  let refusal;
  for (const directory of /* @__PURE__ */ new Set([tmpdir(), ...SCRATCH_DIRECTORIES])) {
    try {
      const path2 = join2(directory, name);
      const fd = openSync2(path2, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL, 384);
      unlinkSync2(path2);
      return fd;
    } catch (error) {
      refusal ??= error;
    }
  }
  throw refusal;
}
function disguiseWal(page, offset) {
  for (const at of [18, 19]) {
    const index = at - offset;
    if (index >= 0 && index < page.length && page[index] === 2) page[index] = 1;
  }
}

// src/store/wasm-memory.ts
var WasmMemory = class {
  #memory;
  #view;
  constructor(memory) {
    this.#memory = memory;
    this.#view = new DataView(memory.buffer);
  }
  get view() {
    if (this.#view.buffer !== this.#memory.buffer) this.#view = new DataView(this.#memory.buffer);
    return this.#view;
  }
  bytes(at, length) {
    return new Uint8Array(this.#memory.buffer, at, length);
  }
  /** The n-th 32-bit word from an address. */
  word(at, n) {
    return this.view.getInt32(at + 4 * n, true);
  }
  setWord(at, n, value) {
    this.view.setInt32(at + 4 * n, value, true);
  }
};

// src/store/vfs.ts
var EXPECTED_VFS = 'unix version 3';
var NodeVfs = class {
  #sql;
  #memory;
  #files;
  #targets = /* @__PURE__ */ new Map();
  /** The target of the database being opened, until SQLite asks for its file. */
  #opening;
  #ioMethods = 0;
  /** For scratch files, which have no name to tell. */
  #lastUsed;
  #limits;
  /**
   * Takes the default VFS of this SQLite over, after running a script in an empty database of its own.
   *
   * Throws when it isn't laid out as this code knows it.
   */
  constructor(sql, memory, script) {
    this.#sql = sql;
    this.#memory = new WasmMemory(memory);
    this.#files = new VfsFiles(this.#memory);
    this.#install(script);
  }
  /** Opens a database file; SQLite touches it only with the first statement. `close()` on the result ends it. */
  open(target) {
    this.#opening = target;
    const database = new this.#sql.Database(new Uint8Array());
    if (this.#opening !== void 0) throw contractBroken('it opened no file');
    return database;
  }
  /** Bounds what statements on an open database may cost. Returns what to call when it was closed. */
  limit(database, limits) {
    return (this.#limits ??= this.#makeLimits()).set(database, limits);
  }
  /** Forgets a target whose database was closed. */
  forget(target) {
    for (const [name, known] of this.#targets) if (known === target) this.#targets.delete(name);
    if (this.#lastUsed === target) this.#lastUsed = void 0;
  }
  #makeLimits() {
    const nothing = unlockedTarget(devNull, false);
    const probe = this.open(nothing);
    try {
      return new StatementLimits(this.#sql, this.#memory, probe);
    } finally {
      probe.close();
      this.forget(nothing);
    }
  }
  #install(script) {
    const probe = new this.#sql.Database();
    const handle = probe.db;
    if (typeof handle !== 'number' || handle <= 0) throw contractBroken('no database handle');
    const vfs = this.#memory.word(handle, 0);
    const word2 = (slot) => this.#memory.word(vfs, VFS_SLOT[slot]);
    const found = `${this.#sql.UTF8ToString(word2('zName'))} version ${word2('iVersion')}`;
    if (found !== EXPECTED_VFS) throw contractBroken(`its VFS is "${found}", not "${EXPECTED_VFS}"`);
    if (word2('szOsFile') < 8 || word2('mxPathname') < 64)
      throw contractBroken('its VFS is laid out in another way');
    const hook = (slot, signature, fn) =>
      this.#memory.setWord(vfs, VFS_SLOT[slot], this.#sql.addFunction(fn, signature));
    hook('xRandomness', 'iiii', (_vfs, length, buffer) => fillAtRandom(this.#memory.bytes(buffer, length)));
    probe.exec(script);
    probe.close();
    hook('xOpen', 'iiiiii', (_vfs, name, file, flags, outFlags) => this.#xOpen(name, file, flags, outFlags));
    hook('xDelete', 'iiii', (_vfs, name, sync) => this.#xDelete(name, sync !== 0));
    hook('xAccess', 'iiiii', (_vfs, name, _flags, result) => this.#xAccess(name, result));
    this.#ioMethods = this.#defineIoMethods();
  }
  #defineIoMethods() {
    const names = Object.keys(IO_METHODS);
    const pointers = names.map((name) => this.#sql.addFunction(this.#files.methods[name], IO_METHODS[name]));
    const struct = this.#sql._malloc(4 * (names.length + 1));
    [1, ...pointers].forEach((value, n) => this.#memory.setWord(struct, n, value));
    return struct;
  }
  /** The target a name of sql.js's stands for, and the suffix of the file beside it ('' for the database itself). */
  #resolve(name) {
    const [, base, suffix] = /^\/?(dbfile_\d+)(-journal|-wal)?$/.exec(this.#sql.UTF8ToString(name)) ?? [];
    if (base === void 0) throw contractBroken('it opened a file of an unknown name');
    let target = this.#targets.get(base);
    if (target === void 0) {
      if (this.#opening === void 0 || suffix !== void 0) throw contractBroken('it opened a file unasked');
      this.#targets.set(base, (target = this.#opening));
      this.#opening = void 0;
    }
    return { target: (this.#lastUsed = target), suffix: suffix ?? '' };
  }
  #xOpen(name, file, flags, outFlags) {
    this.#memory.setWord(file, 0, 0);
    return attempt(this.#opening ?? this.#lastUsed, RESULT.CANTOPEN, () => {
      let opened = flags;
      if (name !== 0) {
        const { target, suffix } = this.#resolve(name);
        opened = this.#files.open(file, target, suffix, flags);
      } else if (this.#lastUsed !== void 0) this.#files.openTemporary(file, this.#lastUsed);
      this.#memory.setWord(file, 0, this.#ioMethods);
      if (outFlags !== 0) this.#memory.setWord(outFlags, 0, opened);
      return RESULT.OK;
    });
  }
  #xDelete(name, sync) {
    return attempt(this.#lastUsed, RESULT.IOERR_DELETE, () => {
      const { target, suffix } = this.#resolve(name);
      if (target.isReadOnly || !target.mayLock(LOCK.EXCLUSIVE)) return RESULT.IOERR_DELETE;
      const path2 = pathOf(target, suffix);
      if (path2 === void 0) return RESULT.OK;
      try {
        unlinkSync3(path2);
      } catch (error) {
        if (systemCode(error) !== 'ENOENT') throw error;
      }
      if (sync) syncDirectory(dirname3(path2));
      return RESULT.OK;
    });
  }
  /** As SQLite's own: an empty journal counts as none. A reader without a lock has no business with a journal. */
  #xAccess(name, result) {
    return attempt(this.#lastUsed, RESULT.IOERR_ACCESS, () => {
      const { target, suffix } = this.#resolve(name);
      const path2 = target.isReadOnly && suffix !== '' ? void 0 : pathOf(target, suffix);
      const size = path2 === void 0 ? 0 : (statSync3(path2, { throwIfNoEntry: false })?.size ?? 0);
      this.#memory.setWord(result, 0, size > 0 ? 1 : 0);
      return RESULT.OK;
    });
  }
};
function fillAtRandom(bytes) {
  for (let n = 0; n < bytes.length; n++) bytes[n] = Math.random() * 256;
  return bytes.length;
}

// src/store/engine.ts
var engine;
var WARM_UP = {
  read: `SELECT name FROM sqlite_schema WHERE name = 'x' ORDER BY rowid DESC LIMIT 1`,
  write: `
    CREATE TABLE t (a TEXT PRIMARY KEY, b);
    CREATE INDEX i ON t (b) WHERE b IS NULL;
    BEGIN IMMEDIATE;
    INSERT INTO t VALUES ('x', 1) RETURNING *;
    UPDATE t SET b = b + 1 WHERE a = 'x';
    COMMIT;
    SELECT * FROM t WHERE a = 'x' AND b IS NULL ORDER BY rowid DESC LIMIT 1`,
};
function loadEngine(access) {
  return (engine ??= load(WARM_UP[access]));
}
async function load(warmUp) {
  tuneV8();
  const wasm = readWasm(findWasm());
  const { default: initSqlJs } = await import('sql.js');
  let instance;
  let fail;
  const failure = new Promise((_resolve, reject) => (fail = reject));
  const config = {
    useOldExtensionFunctions: false,
    instantiateWasm(imports, done) {
      try {
        instance = new WebAssembly.Instance(new WebAssembly.Module(wasm), imports);
      } catch (error) {
        fail(explainInstance(error));
        return {};
      }
      done(instance);
      return instance.exports;
    },
  };
  const sql = await withWholeTexts(() => Promise.race([initSqlJs(config), failure]));
  const memory = Object.values(instance?.exports ?? {}).find((value) => value instanceof WebAssembly.Memory);
  if (memory === void 0) throw contractBroken('it exports no memory');
  for (const name of ['_malloc', 'addFunction', 'UTF8ToString']) {
    if (typeof sql[name] !== 'function') throw contractBroken(`it has no ${name}`);
  }
  return new NodeVfs(sql, memory, warmUp);
}
function explainInstance(cause) {
  if (!(cause instanceof RangeError)) return cause;
  return new SessionError('STORE_UNREADABLE', 'There is not enough address space for the SQLite engine.', {
    hint: 'Raise the limit (ulimit -v), or set NODE_OPTIONS=--disable-wasm-trap-handler, with which 2 GB are enough.',
    cause,
  });
}
function withWholeTexts(work) {
  const { TextDecoder } = globalThis;
  globalThis.TextDecoder = class extends TextDecoder {
    constructor(...[label, options]) {
      super(label, { ...options, ignoreBOM: true });
    }
  };
  try {
    return work();
  } finally {
    globalThis.TextDecoder = TextDecoder;
  }
}
function findWasm() {
  const beside = fileURLToPath(new URL('sql-wasm.wasm', import.meta.url));
  return existsSync2(beside) ? beside : createRequire(import.meta.url).resolve('sql.js/dist/sql-wasm.wasm');
}
function readWasm(path2) {
  try {
    return readFileSync3(path2);
  } catch (cause) {
    throw new SessionError('STORE_UNREADABLE', `The SQLite engine is missing: ${path2}.`, {
      hint: 'Reinstall the package.',
      cause,
    });
  }
}

// src/store/locked-database.ts
var LockedDatabase = class {
  /** No lock can be made there: no write access to the directory, or its medium is read-only or full. */
  isLockRefused = false;
  #path;
  #timeoutMs;
  #access;
  #migrations;
  #lock;
  #target;
  #connection;
  #isSetToWrite = false;
  /** Ends with the last work asked for. */
  #busy = Promise.resolve();
  constructor(path2, options) {
    this.#path = path2;
    this.#timeoutMs = options.timeoutMs;
    this.#access = options.access;
    this.#migrations = options.migrations;
    this.#lock = new FileLock(`${path2}.lock`);
    this.#target = lockedTarget(path2, this.#lock);
  }
  async read(work) {
    const vfs = await loadEngine(this.#access);
    return this.#exclusively(() => work(this.#connect(vfs)));
  }
  async write(work) {
    const vfs = await loadEngine(this.#access);
    return this.#exclusively(() => this.#transaction(this.#connect(vfs), work));
  }
  async vacuum(first = '') {
    const vfs = await loadEngine(this.#access);
    return this.#exclusively(() => {
      const before = statSync4(this.#path).size;
      const connection = this.#connect(vfs);
      this.#setToWrite(connection);
      connection.script(`${first}; VACUUM`);
      return before - statSync4(this.#path).size;
    });
  }
  /** Applies the migrations the file has not had. Loads SQLite only if there is something to do. */
  async bringUpToDate() {
    const isCurrent = await this.#exclusively(
      () =>
        !hasContent(this.#path + SEALED_JOURNAL) &&
        this.#version() === this.#migrations.length &&
        this.#isSealed(),
    );
    if (isCurrent) return;
    const vfs = await loadEngine(this.#access);
    await this.#exclusively(() => {
      if (!this.#isSealed()) adoptJournal(this.#path);
      const connection = this.#connect(vfs);
      connection.get('PRAGMA user_version');
      const version2 = this.#version();
      const missing = this.#migrations.slice(version2);
      if (missing.length > 0 || !this.#isSealed())
        this.#transaction(connection, () => migrate(connection, version2, missing));
    });
  }
  async close() {
    await this.#busy;
    this.#connection?.close();
    this.#connection = void 0;
  }
  #version() {
    const header = hasContent(this.#path) ? readHeader(this.#path) : void 0;
    if (header === void 0) return 0;
    if (!header.isSqlite) throw notOurs(this.#path, 'is not a session store');
    if (header.isWal) throw notOurs(this.#path, 'was switched to WAL mode, which session cannot share');
    return checkSchema(this.#path, header, this.#migrations.length);
  }
  #isSealed() {
    return hasContent(this.#path) && readHeader(this.#path)?.isSealed === true;
  }
  #connect(vfs) {
    return (this.#connection ??= new Connection(vfs, this.#target));
  }
  /** Runs work with the lock held, after all earlier work of this process. */
  #exclusively(work) {
    const result = this.#busy.then(async () => {
      await this.#acquire();
      try {
        return work();
      } catch (error) {
        throw explainStoreFailure(this.#path, error, this.#target.failure);
      } finally {
        this.#target.failure = void 0;
        this.#lock.release();
      }
    });
    this.#busy = result.catch(() => {});
    return result;
  }
  async #acquire() {
    let acquired;
    try {
      acquired = await this.#lock.acquire(this.#timeoutMs);
    } catch (error) {
      this.isLockRefused = systemCode(error) !== 'ENOENT';
      throw explainFailure(this.#path, error);
    }
    if (!acquired) throw storeBusy(this.#path, this.#lock.holder(), this.#timeoutMs);
  }
  #setToWrite(connection) {
    if (this.#isSetToWrite) return;
    connection.script('PRAGMA journal_mode = TRUNCATE; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON');
    this.#isSetToWrite = true;
  }
  #transaction(connection, work) {
    this.#setToWrite(connection);
    connection.run('BEGIN IMMEDIATE');
    try {
      const result = work(connection);
      connection.run('COMMIT');
      return result;
    } catch (error) {
      try {
        connection.run('ROLLBACK');
      } catch {}
      throw error;
    }
  }
};
function hasContent(path2) {
  return (statSync4(path2, { throwIfNoEntry: false })?.size ?? 0) > 0;
}
function migrate(connection, from, steps) {
  for (const step of steps) connection.script(step);
  connection.script(
    `PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${from + steps.length}`,
  );
}

// src/store/snapshot.ts
import { chmodSync, constants as constants2, copyFileSync, mkdtempSync, rmSync as rmSync2 } from 'node:fs';
import { tmpdir as tmpdir2 } from 'node:os';
import { join as join3 } from 'node:path';
import { setTimeout as sleep2 } from 'node:timers/promises';

// src/store/file-state.ts
import {
  closeSync as closeSync3,
  openSync as openSync3,
  readSync as readSync3,
  statSync as statSync5,
} from 'node:fs';
var CLOCK_TICK_MS = 20;
function readFileState(path2, suffixes) {
  try {
    const parts = ['', ...suffixes].map((suffix) => {
      const stat = statSync5(path2 + suffix, { throwIfNoEntry: suffix === '', bigint: true });
      if (suffix === '' && stat?.isFile() === false) throw notOurs(path2, 'is not a file');
      const isPart =
        stat?.isFile() === true && (suffix === '' || (stat.size > 0n && isInUse(path2 + suffix)));
      return { suffix, stat: isPart ? stat : void 0 };
    });
    const counter = readHeader(path2)?.changeCounter;
    const present = parts.filter(({ stat }) => stat !== void 0);
    return {
      id: `${counter} ${parts.map(({ stat }) => stat && `${stat.ino} ${stat.size} ${stat.mtimeNs}`).join(' ')}`,
      isFresh: present.some(({ stat }) => {
        const ageMs = Date.now() - Number(stat.mtimeMs);
        return ageMs >= 0 && ageMs < CLOCK_TICK_MS;
      }),
      sidecars: present.map(({ suffix }) => suffix).filter((suffix) => suffix !== ''),
      bytes: present.reduce((sum, { stat }) => sum + Number(stat.size), 0),
    };
  } catch (error) {
    throw explainFailure(path2, error);
  }
}
function isInUse(path2) {
  let fd;
  try {
    fd = openSync3(path2, 'r');
    const first = Buffer.alloc(1);
    return readSync3(fd, first, 0, 1, 0) === 1 && first[0] !== 0;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false;
    throw error;
  } finally {
    if (fd !== void 0) closeSync3(fd);
  }
}

// src/store/snapshot.ts
var PATIENCE_MS = 300;
var COPY_AT_MOST_BYTES = 512 * 1024 * 1024;
async function readSnapshot(path2, query, options = {}) {
  const vfs = await loadEngine('read');
  const since = performance.now();
  for (let pauseMs = 5; ; pauseMs = Math.min(pauseMs * 1.5, 100)) {
    const waitedMs = performance.now() - since;
    const outcome = attemptRead(path2, waitedMs < PATIENCE_MS, options.isSealed ?? false, (target) => {
      const connection = new Connection(vfs, target, options.limits);
      try {
        if (options.before !== void 0) connection.script(options.before);
        if (!target.isReadOnly) connection.script('PRAGMA locking_mode = EXCLUSIVE');
        return query(connection);
      } catch (error) {
        const explain = options.isSealed === true ? explainStoreFailure : explainFailure;
        throw explain(path2, error, target.failure);
      } finally {
        connection.close();
      }
    });
    if (outcome !== void 0) return outcome.value;
    if (waitedMs > (options.timeoutMs ?? 5e3)) {
      throw new SessionError('STORE_BUSY', `${path2} is being written all the time; it could not be read.`, {
        hint: 'Repeat the command when the program that writes it has paused or ended.',
      });
    }
    await sleep2(pauseMs);
  }
}
function attemptRead(path2, isPatient, isSealed2, read) {
  const look = () => readFileState(path2, isSealed2 ? [SEALED_JOURNAL] : ['-journal', '-wal']);
  const before = look();
  const mayComeToRest = before.sidecars.length === 0 ? before.isFresh : !before.sidecars.includes('-wal');
  if (isPatient && mayComeToRest) return void 0;
  const isStill = () => look().id === before.id;
  try {
    if (before.sidecars.length === 0) {
      const value = read(unlockedTarget(path2, isSealed2));
      return isStill() ? { value } : void 0;
    }
    return withCopy(path2, before, (copy) =>
      isStill() ? { value: read(privateTarget(copy, isSealed2)) } : void 0,
    );
  } catch (error) {
    if (isStill()) throw error;
    return void 0;
  }
}
function withCopy(path2, state2, work) {
  if (state2.bytes > COPY_AT_MOST_BYTES) {
    throw new SessionError(
      'STORE_BUSY',
      `${path2} has unfinished changes beside it, and is too large to copy.`,
      {
        hint: 'Let the program that writes it finish or close it, then repeat the command.',
      },
    );
  }
  const directory = mkdtempSync(join3(tmpdir2(), 'session-'));
  try {
    const copy = join3(directory, 'copy.db');
    for (const suffix of ['', ...state2.sidecars]) {
      copyFileSync(path2 + suffix, copy + suffix, constants2.COPYFILE_FICLONE);
      chmodSync(copy + suffix, 384);
    }
    return work(copy);
  } finally {
    rmSync2(directory, { recursive: true, force: true });
  }
}

// src/store/database.ts
async function openDatabase(path2, options) {
  const { access, timeoutMs = 3e4, migrations: migrations2 = MIGRATIONS } = options;
  try {
    const file = statSync6(path2, { throwIfNoEntry: false });
    if (file === void 0 && access === 'read') return emptyDatabase(path2);
    if (file === void 0) mkdirSync(dirname4(path2), { recursive: true, mode: 448 });
    else if (!file.isFile()) throw notOurs(path2, 'is not a file');
  } catch (error) {
    throw explainFailure(path2, error);
  }
  const database = new LockedDatabase(path2, { access, timeoutMs, migrations: migrations2 });
  try {
    await database.bringUpToDate();
    return database;
  } catch (error) {
    if (access === 'write' || !database.isLockRefused) throw error;
    return snapshotDatabase(path2, { timeoutMs }, migrations2.length);
  }
}
function emptyDatabase(path2) {
  return {
    read: async (work) => work({ all: () => [], get: () => void 0 }),
    write: () => Promise.reject(notOurs(path2, 'does not exist')),
    vacuum: async () => 0,
    close: async () => {},
  };
}
function snapshotDatabase(path2, options, version2) {
  return {
    read: (work) =>
      readSnapshot(
        path2,
        (db2) => {
          const { userVersion, applicationId } = db2.get(
            'SELECT user_version AS userVersion, application_id AS applicationId FROM pragma_user_version, pragma_application_id',
          );
          if (checkSchema(path2, { applicationId, userVersion }, version2) < version2)
            throw needsUpgrade(path2);
          return work(db2);
        },
        { ...options, isSealed: true },
      ),
    write: () => Promise.reject(noAccess(path2)),
    vacuum: () => Promise.reject(noAccess(path2)),
    close: async () => {},
  };
}

// src/store/search-rank.ts
var SATURATION = 1.2;
var LENGTH_WEIGHT = 0.75;
function rarity(holders, documents) {
  return Math.log(1 + Math.max(documents - holders + 0.5, 0.5) / (holders + 0.5));
}
function relevance(info, rarities) {
  const numbers = new DataView(info.buffer, info.byteOffset, info.byteLength);
  const at = (n) => numbers.getUint32(4 * n, true);
  const columns = at(0);
  const averageLength = Math.max(at(1), 1);
  const length = at(1 + columns);
  const hold = SATURATION * (1 - LENGTH_WEIGHT + (LENGTH_WEIGHT * length) / averageLength);
  let sum = 0;
  for (const [word2, weight] of rarities.entries()) {
    const here = at(1 + 2 * columns + columns * word2);
    sum += (weight * here * (SATURATION + 1)) / (here + hold);
  }
  return sum;
}

// src/store/search-words.ts
var MOST_WORDS = 32;
function parseSearch(text) {
  const phrases = [...normalise(text).matchAll(/"([^"]*)"(\*?)|[^\s"]+/gu)].map(([whole, quoted, star]) =>
    cleanPhrase(quoted === void 0 ? whole : quoted + star),
  );
  return [...new Set(phrases)]
    .filter((phrase) => /[\p{L}\p{N}\u{40000}-\u{7FFFF}]/u.test(phrase))
    .slice(0, MOST_WORDS);
}
function cleanPhrase(text) {
  const words = toIndexText(text).match(/[\p{L}\p{N}\p{M}\p{Co}\u{40000}-\u{7FFFF}]+/gu) ?? [];
  const last = words.at(-1);
  if (last === void 0) return '';
  if (!isOfCharacters(last)) return words.join(' ') + (text.endsWith('*') ? '*' : '');
  const isInWordBefore = words.at(-2)?.length === 2 * last.length && words.at(-2).endsWith(last);
  return isInWordBefore ? words.slice(0, -1).join(' ') : `${words.join(' ')}*`;
}
function toMatch(phrases, sessionId) {
  const quoted = phrases.map((phrase) => `"${phrase}"`);
  return [...quoted, ...(sessionId === void 0 ? [] : [`session:${sessionId}`])].join(' ');
}

// src/store/contents.ts
var PART_LENGTH = 80 * 1024;
function readPart(tx, id, n) {
  const sql =
    n === 0
      ? 'SELECT content FROM messages WHERE id = ? AND ? = 0'
      : 'SELECT content FROM message_parts WHERE message_id = ? AND n = ?';
  return tx.get(sql, [id, n])?.content;
}

// src/store/search-snippet.ts
var LATER_PARTS = 2 ** 40;
var OPEN2 = '\uFDD0';
var CLOSE = '\uFDD1';
var GAP = '\uFDD2';
function readSnippets(tx, match, documents, words) {
  const rows = [
    documents.filter((id) => id < LATER_PARTS),
    documents.filter((id) => id >= LATER_PARTS),
  ].flatMap((ids) =>
    ids.length === 0
      ? []
      : tx.all(
          `SELECT docid, snippet(message_index, '${OPEN2}', '${CLOSE}', '${GAP}', 0, ?) AS marked
           FROM message_index WHERE message_index.content MATCH ? AND docid BETWEEN ? AND ?
             AND +docid IN (SELECT value FROM json_each(?))`,
          // Characters that are words of their own are many.
          [
            Math.min(isPlain(match) ? words : 3 * words, 64),
            match,
            Math.min(...ids),
            Math.max(...ids),
            JSON.stringify(ids),
          ],
        ),
  );
  const singles = new Set([...match.matchAll(/([\u{40000}-\u{7FFFF}])\*/gu)].map(([, single]) => single));
  return new Map(rows.map(({ docid, marked }) => [docid, unmark(tx, docid, marked, singles)]));
}
function unmark(tx, docid, marked, singles) {
  const pieces = marked.split(GAP).map(takeMarks);
  const isAsIs = pieces.every(({ snippet }) => isPlain(snippet));
  const text = isAsIs ? void 0 : readDocument(tx, docid);
  const joined = { snippet: '', matches: [] };
  for (const [index, piece] of pieces.entries()) {
    const { snippet, matches } = text === void 0 ? piece : toOriginal(text, piece, singles);
    if (index > 0) joined.snippet += '\u2026';
    for (const [from, to] of matches)
      joined.matches.push([joined.snippet.length + from, joined.snippet.length + to]);
    joined.snippet += snippet;
  }
  return joined;
}
function readDocument(tx, docid) {
  return readPart(tx, docid % LATER_PARTS, Math.floor(docid / LATER_PARTS));
}
function takeMarks(marked) {
  const matches = [];
  let snippet = '';
  let from;
  for (const piece of marked.split(/([\uFDD0\uFDD1])/u)) {
    if (piece === OPEN2) from = snippet.length;
    else if (piece !== CLOSE) snippet += piece;
    else if (from !== void 0) {
      matches.push([from, snippet.length]);
      from = void 0;
    }
  }
  return { snippet, matches };
}
function toOriginal(text, { snippet, matches }, singles) {
  const places = new WordPlaces(text);
  const at = Math.max(toIndexText(text).indexOf(snippet), 0);
  const [start, end] = places.range(at, at + snippet.length);
  const merged = [];
  for (const match of matches) {
    const first = snippet.slice(match[0], match[0] + 2);
    const [from, to] = places.range(at + match[0], at + (singles.has(first) ? match[0] + 2 : match[1]));
    const last = merged.at(-1);
    if (last !== void 0 && last[1] >= from - start) last[1] = Math.max(last[1], to - start);
    else merged.push([from - start, to - start]);
  }
  return { snippet: text.slice(start, end), matches: merged };
}

// src/store/where.ts
var Where = class {
  params = [];
  #conditions = [];
  add(condition, ...params) {
    if (params.includes(void 0)) return this;
    this.#conditions.push(condition);
    this.params.push(...params);
    return this;
  }
  get sql() {
    return `WHERE ${this.#conditions.join(' AND ')}`;
  }
};

// src/store/search.ts
var CONSIDERED = 2e3;
var COUNTED = 200;
function searchMessages(tx, search) {
  const phrases = parseSearch(search.text);
  if (phrases.length === 0) return { hits: [], isCut: false };
  const match = toMatch(phrases, search.sessionId);
  const rows = [...find(tx, match, search, 'first'), ...find(tx, match, search, 'later')];
  const best = /* @__PURE__ */ new Map();
  const rarities = phrases.map((phrase) => (phrases.length === 1 ? 1 : estimateRarity(tx, phrase)));
  for (const row of rows) {
    const score = relevance(row.info, rarities);
    if ((best.get(row.id)?.score ?? -1) < score) best.set(row.id, { ...row, score });
  }
  const sorted = [...best.values()].toSorted(
    (a, b) => (search.order === 'best' ? b.score - a.score : 0) || b.id - a.id,
  );
  const shown = sorted.slice(0, search.limit);
  const snippets = readSnippets(
    tx,
    match,
    shown.map(({ docid }) => docid),
    search.snippetWords ?? 24,
  );
  const hits = shown.map((row) => ({
    messageId: row.id,
    turnId: row.turn_id,
    sessionId: row.session_id,
    sessionName: row.name,
    role: row.role,
    createdAt: row.created_at,
    score: row.score,
    ...snippets.get(row.docid),
  }));
  return { hits, isCut: sorted.length > search.limit };
}
function estimateRarity(tx, phrase) {
  const { newest } = tx.get('SELECT max(id) AS newest FROM messages');
  const { holders, oldest } = tx.get(
    `SELECT count(*) AS holders, min(docid) AS oldest FROM
       (SELECT docid FROM message_index WHERE message_index.content MATCH ? AND docid < ${LATER_PARTS} LIMIT ${COUNTED})`,
    [toMatch([phrase])],
  );
  return rarity(holders < COUNTED ? holders : (holders * newest) / (newest - oldest + 1), newest);
}
function find(tx, match, search, kind2) {
  const isFirst = kind2 === 'first';
  const where = new Where()
    .add('message_index.content MATCH ?', match)
    .add(`message_index.docid ${isFirst ? '<' : '>='} ${LATER_PARTS}`)
    .add(isFirst ? 'message_index.docid < ?' : 'messages.id < ?', search.before)
    .add('message_index.docid & 1 = ?', search.role && Number(search.role === 'assistant'))
    .add('messages.created_at >= ?', search.since)
    .add('messages.created_at < ?', search.until)
    .add('sessions.trashed_at IS NULL');
  return tx.all(
    `SELECT message_index.docid, messages.id, messages.turn_id, messages.session_id, sessions.name, messages.role,
       messages.created_at, matchinfo(message_index, 'caly') AS info
     FROM message_index
       CROSS JOIN messages ON messages.id = (message_index.docid % ${LATER_PARTS})
       CROSS JOIN sessions ON sessions.id = messages.session_id
     ${where.sql} LIMIT ?`,
    [...where.params, search.order === 'best' ? CONSIDERED : isFirst ? search.limit + 1 : CONSIDERED],
  );
}

// .bench.ts
var [kind, version, count, path] = process.argv.slice(2);
var N = Number(count);
var STEP = MIGRATIONS.findIndex((s) => s.includes('index_text'));
var migrations = version === 'old' ? MIGRATIONS.slice(0, STEP) : MIGRATIONS;
var state = 7;
var rnd = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
var zipf = (n) => Math.floor(Math.exp(rnd() * Math.log(n)));
var word = (k) => {
  let s = '';
  for (let x = (k * 7919) % 1000003; s.length < 2 + (k % 7); x = Math.floor(x / 26) + 31)
    s += String.fromCharCode(97 + (x % 26));
  return s;
};
var latin = () => {
  let s = '';
  while (s.length < 300) s += word(zipf(2e4)) + ' ';
  return s;
};
var han = () => {
  let s = '';
  while (s.length < 300)
    s +=
      rnd() < 0.08
        ? '\uFF0C'
        : rnd() < 0.01
          ? ' docker '
          : String.fromCharCode(19968 + ((zipf(3500) * 5) % 2e4));
  return s;
};
var make = kind === 'latin' ? latin : kind === 'han' ? han : () => (rnd() < 0.1 ? han() : latin());
var fresh = !existsSync3(path);
var db = await openDatabase(path, { access: 'write', migrations });
if (fresh) {
  const t = performance.now();
  await db.write((tx) => {
    for (let s = 0; s < 1e3; s++)
      tx.run(
        `INSERT INTO sessions (id, name, mode, root, agent, warm, pinned, created_at, last_active_at, tags, mcp_configs, attachments) VALUES (printf('%08x', ?), 's' || ?, 'user', '/w', 'mock', 0, 0, 1, 1, '{}', '[]', '[]')`,
        [s, s],
      );
  });
  for (let from = 1; from <= N / 2; from += 1e3)
    await db.write((tx) => {
      for (let turn = from; turn < from + 1e3; turn++) {
        const sid = (turn % 1e3).toString(16).padStart(8, '0');
        tx.run(
          `INSERT INTO turns (id, session_id, status, limits, queued_at, started_at, ended_at) VALUES (?, ?, 'completed', '{}', 1, 1, 1)`,
          [turn, sid],
        );
        for (const side of [0, 1])
          tx.run(
            'INSERT INTO messages (id, session_id, turn_id, role, created_at, content) VALUES (?,?,?,?,?,CAST(? AS TEXT))',
            [
              2 * turn + side,
              sid,
              turn,
              side ? 'assistant' : 'user',
              1,
              Buffer.from(
                make() + (turn % 5e3 === 7 ? (kind === 'latin' ? 'needle' : '\u7F55\u898B\u9F98\u5B57') : ''),
              ),
            ],
          );
      }
    });
  console.log(
    kind,
    version,
    N,
    'fill s',
    ((performance.now() - t) / 1e3).toFixed(1),
    'MB',
    (statSync7(path).size / 1e6).toFixed(0),
  );
  const seg = await db.read((tx) =>
    tx.all(`SELECT sum(octet_length(block)) AS b FROM message_index_segments`),
  );
  console.log('index MB', (seg[0].b / 1e6).toFixed(0));
}
var c = (k) => String.fromCharCode(19968 + ((k * 5) % 2e4));
var queries =
  kind === 'latin'
    ? {
        rare: 'needle',
        common: word(1),
        common2: `${word(1)} ${word(2)}`,
        phrase: `"${word(1)} ${word(2)}"`,
        mid: word(500),
        midphrase: `"${word(100)} ${word(30)}"`,
        prefix: `${word(3).slice(0, 2)}*`,
      }
    : {
        rare: '\u7F55\u898B\u9F98\u5B57',
        one: c(1),
        two: c(1) + c(2),
        three: c(1) + c(2) + c(3),
        four: c(1) + c(2) + c(3) + c(1),
        five: c(1) + c(2) + c(3) + c(1) + c(4),
        eight: c(1) + c(2) + c(3) + c(1) + c(4) + c(5) + c(6) + c(7),
        mid2: c(500) + c(30),
        none: c(1) + c(2) + c(3) + c(1) + c(1) + c(1) + c(1) + c(1) + c(1),
        mixed: 'docker ' + c(5) + c(9),
        sentence: '',
      };
for (const [name, text] of Object.entries(queries))
  for (const extra of [{}, { sessionId: '0000000a' }]) {
    const times = [];
    let r;
    for (let i = 0; i < 3; i++) {
      const t = performance.now();
      r = await db.read((tx) => searchMessages(tx, { text, limit: 20, order: 'best', ...extra }));
      times.push(Math.round(performance.now() - t));
    }
    console.log(
      name.padEnd(10),
      extra.sessionId ? 'one session' : 'all        ',
      times.join(' '),
      'hits',
      r.hits.length,
    );
  }
await db.close();
