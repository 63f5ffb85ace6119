import type { Schema } from './engine/header.ts';
import { FIRST } from './first-schema.ts';

/** Marks the agent conversations that a session was imported with, unlike those that its own turns began. */
const IMPORTED_CONVERSATIONS = `
  ALTER TABLE agent_conversations ADD COLUMN imported INTEGER NOT NULL DEFAULT 0;
  DROP TRIGGER session_conversation;
  CREATE TRIGGER session_conversation AFTER UPDATE OF agent_session_id ON sessions
    WHEN new.agent_session_id IS NOT NULL BEGIN
    INSERT OR IGNORE INTO agent_conversations (session_id, id) VALUES (new.id, new.agent_session_id);
  END;
`;

/** The cost of deleted turns, kept for two days, because the daily limit counts them. */
const DELETED_SPENDING = `
  CREATE TABLE deleted_spending (ended_at INTEGER NOT NULL, cost_usd REAL NOT NULL);
  CREATE INDEX deleted_spending_ended ON deleted_spending (ended_at);
  CREATE TRIGGER turn_spending AFTER DELETE ON turns
    WHEN old.cost_usd > 0 AND old.copied_from IS NULL AND old.made IS NULL
      AND old.ended_at > (unixepoch() - 172800) * 1000 BEGIN
    DELETE FROM deleted_spending WHERE ended_at < (unixepoch() - 172800) * 1000;
    INSERT INTO deleted_spending VALUES (old.ended_at, old.cost_usd);
  END;
`;

/** The age of sessions in the trash, which decides between those with the same time. */
const TRASH_BY_AGE = `
  DROP INDEX sessions_age_trashed;
  CREATE INDEX sessions_age_trashed ON sessions (pinned, trashed_at, aged_at, last_active_at, bytes, root)
    WHERE trashed_at IS NOT NULL;
`;

/** Tool calls that wait for the user's answer, and the rules that users added to the session. */
const APPROVALS = `
  ALTER TABLE sessions ADD COLUMN ask INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE sessions ADD COLUMN allowed_tools TEXT NOT NULL DEFAULT '[]';
  CREATE TABLE approvals (
    id TEXT NOT NULL PRIMARY KEY,
    session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    turn_id INTEGER NOT NULL REFERENCES turns (id) ON DELETE CASCADE,
    tool_use_id TEXT NOT NULL,
    tool TEXT NOT NULL,
    input TEXT NOT NULL,
    rule TEXT,
    asked_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    answer TEXT,
    message TEXT,
    always INTEGER NOT NULL
  );
  CREATE INDEX approvals_session ON approvals (session_id);
  CREATE INDEX approvals_turn ON approvals (turn_id);
`;

/** Options of a session's agent in addition to its model. */
const AGENT_CHOICES = `
  ALTER TABLE sessions ADD COLUMN effort TEXT;
  ALTER TABLE sessions ADD COLUMN fallback_model TEXT;
  ALTER TABLE sessions ADD COLUMN added_dirs TEXT NOT NULL DEFAULT '[]';
`;

/** The structured answer of a turn. */
const OUTPUT = `ALTER TABLE turns ADD COLUMN output TEXT;`;

/**
 * Files of messages. The size of a file counts in every session that has it. It is deleted with the last message that
 * has it.
 */
const FILES = `
  CREATE TABLE files (sha256 TEXT NOT NULL PRIMARY KEY, bytes INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE file_parts (
    sha256 TEXT NOT NULL REFERENCES files (sha256) ON DELETE CASCADE,
    n INTEGER NOT NULL,
    content BLOB NOT NULL,
    PRIMARY KEY (sha256, n)
  );
  CREATE TABLE message_files (
    message_id INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
    n INTEGER NOT NULL,
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    sha256 TEXT NOT NULL REFERENCES files (sha256),
    PRIMARY KEY (message_id, n)
  ) WITHOUT ROWID;
  CREATE INDEX message_files_content ON message_files (sha256);
  CREATE TRIGGER message_file_bytes AFTER INSERT ON message_files BEGIN
    UPDATE sessions SET bytes = bytes + (SELECT bytes FROM files WHERE sha256 = NEW.sha256)
    WHERE id = (SELECT session_id FROM messages WHERE id = NEW.message_id);
  END;
  CREATE TRIGGER message_files_last AFTER DELETE ON message_files
    WHEN NOT EXISTS (SELECT 1 FROM message_files WHERE sha256 = old.sha256) BEGIN
    DELETE FROM file_parts WHERE sha256 = old.sha256;
    DELETE FROM files WHERE sha256 = old.sha256;
  END;
`;

/** Changes of sessions, including mode switches. Values are JSON. */
const SESSION_CHANGES = `
  CREATE TABLE session_changes (
    id INTEGER PRIMARY KEY,
    session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    what TEXT NOT NULL,
    from_value TEXT NOT NULL,
    to_value TEXT NOT NULL,
    by_user TEXT NOT NULL,
    at INTEGER NOT NULL
  );
  INSERT INTO session_changes SELECT id, session_id, 'mode', json_quote(from_mode), json_quote(to_mode), by_user, at
    FROM mode_switches ORDER BY id;
  DROP TABLE mode_switches;
  CREATE INDEX session_changes_session ON session_changes (session_id);
`;

/** Append a step to change it. Stores of development versions before 8 are not read. */
export const SCHEMA: Schema = {
  first: 8,
  steps: [
    FIRST,
    IMPORTED_CONVERSATIONS,
    DELETED_SPENDING,
    TRASH_BY_AGE,
    APPROVALS,
    AGENT_CHOICES,
    OUTPUT,
    FILES,
    SESSION_CHANGES,
  ],
};
