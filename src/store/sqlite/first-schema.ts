/**
 * The tables as they were first released. Later versions change them by the steps in schema.ts.
 *
 * Times are milliseconds since the epoch. A turn is open while `ended_at` is null. One with `copied_from` was copied by
 * a fork, and its usage is not counted again. A session's `fork` is the agent conversation that it copies first.
 *
 * `sessions` contains the sums of its messages, updated in the same transactions, so that listing sessions reads no
 * message. `bytes` is its size: messages, tool calls and attachments. Triggers update it.
 *
 * Long contents continue in `message_parts`, so that no value is in memory at once. The first twelve parts of a
 * message, about a million characters, are indexed for search, which bounds the time of a write. Each part is a
 * document: the first has the message's id, the n-th the id + n * 2^40. `index_text` and `index_characters` are
 * functions of text/index-text.ts. `message_index_state` is the progress of removing the words of deleted messages (see
 * index-cleaning.ts).
 *
 * `agent_conversations` contains all conversations that an agent had for a session. The lines of an imported transcript
 * are stored, with the source of each turn (see importing.ts).
 */
export const FIRST = `
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
    agent_context TEXT,
    agent_spent TEXT,
    fork TEXT,
    warm INTEGER NOT NULL,
    pinned INTEGER NOT NULL,
    budget_usd REAL,
    created_at INTEGER NOT NULL,
    last_active_at INTEGER NOT NULL,
    arrived_at INTEGER NOT NULL DEFAULT 0,
    aged_at INTEGER GENERATED ALWAYS AS (max(last_active_at, arrived_at)) VIRTUAL,
    trashed_at INTEGER,
    message_count INTEGER NOT NULL DEFAULT 0,
    turn_count INTEGER NOT NULL DEFAULT 0,
    cost_usd REAL NOT NULL DEFAULT 0,
    tags TEXT NOT NULL,
    mcp_configs TEXT NOT NULL,
    system_prompt TEXT,
    attachments TEXT NOT NULL,
    bytes INTEGER NOT NULL DEFAULT 0
  );
  CREATE UNIQUE INDEX sessions_live_name ON sessions (name, root) WHERE trashed_at IS NULL;
  CREATE INDEX sessions_live ON sessions (last_active_at) WHERE trashed_at IS NULL;
  CREATE INDEX sessions_live_root ON sessions (root, last_active_at) WHERE trashed_at IS NULL;
  CREATE INDEX sessions_trashed ON sessions (last_active_at) WHERE trashed_at IS NOT NULL;
  CREATE INDEX sessions_age_live ON sessions (pinned, aged_at, last_active_at, bytes, root) WHERE trashed_at IS NULL;
  CREATE INDEX sessions_age_trashed ON sessions (pinned, trashed_at, last_active_at, bytes, root)
    WHERE trashed_at IS NOT NULL;
  CREATE INDEX sessions_agent ON sessions (agent_session_id) WHERE agent_session_id IS NOT NULL;

  CREATE TABLE turns (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    status TEXT NOT NULL,
    owner TEXT,
    continuity TEXT,
    limits TEXT NOT NULL,
    error_code TEXT,
    error_message TEXT,
    retry_at INTEGER,
    usage TEXT,
    usage_by_model TEXT,
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
    ended_at INTEGER,
    copied_from INTEGER,
    made TEXT
  );
  CREATE INDEX turns_session ON turns (session_id);
  CREATE INDEX turns_open ON turns (session_id) WHERE ended_at IS NULL;
  CREATE INDEX turns_ended ON turns (ended_at) WHERE ended_at IS NOT NULL AND copied_from IS NULL;

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
  CREATE INDEX message_parts_text ON message_parts (message_id + (n << 40)) WHERE n < 12;

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

  CREATE VIEW message_texts AS
    SELECT id AS rowid, CAST(index_text(content) AS TEXT) AS content, session_id AS session,
      CAST(index_characters(content) AS TEXT) AS characters FROM messages
    UNION ALL
    SELECT message_id + (n << 40), CAST(index_text(content) AS TEXT),
      (SELECT session_id FROM messages WHERE id = message_id), CAST(index_characters(content) AS TEXT)
      FROM message_parts WHERE n < 12;
  CREATE VIRTUAL TABLE message_index USING fts4 (
    content="message_texts", content, session, characters, tokenize=unicode61 "remove_diacritics=2", order=desc
  );
  INSERT INTO message_index (message_index) VALUES ('automerge=8');
  CREATE TABLE message_index_state (cleaning INTEGER NOT NULL);
  INSERT INTO message_index_state VALUES (0);
  CREATE TRIGGER messages_index AFTER INSERT ON messages BEGIN
    INSERT INTO message_index (docid, content, session, characters)
      VALUES (new.id, CAST(index_text(new.content) AS TEXT), new.session_id,
        CAST(index_characters(new.content) AS TEXT));
  END;
  CREATE TRIGGER message_parts_index AFTER INSERT ON message_parts WHEN new.n < 12 BEGIN
    INSERT INTO message_index (docid, content, session, characters)
      SELECT new.message_id + (new.n << 40), CAST(index_text(new.content) AS TEXT), session_id,
        CAST(index_characters(new.content) AS TEXT)
      FROM messages WHERE id = new.message_id;
  END;
  CREATE TRIGGER messages_unindex BEFORE DELETE ON messages BEGIN
    DELETE FROM message_parts WHERE message_id = old.id;
    DELETE FROM message_index WHERE docid = old.id;
  END;
  CREATE TRIGGER message_parts_unindex BEFORE DELETE ON message_parts WHEN old.n < 12 BEGIN
    DELETE FROM message_index WHERE docid = old.message_id + (old.n << 40);
  END;

  CREATE TABLE agent_conversations (
    session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    PRIMARY KEY (session_id, id)
  ) WITHOUT ROWID;
  CREATE INDEX agent_conversations_id ON agent_conversations (id);
  CREATE TRIGGER session_conversation AFTER UPDATE OF agent_session_id ON sessions
    WHEN new.agent_session_id IS NOT NULL BEGIN
    INSERT OR IGNORE INTO agent_conversations VALUES (new.id, new.agent_session_id);
  END;

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
`;
