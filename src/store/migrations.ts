/** Marks a SQLite file as a session store ("SESS"), at offset 68 of its header. */
export const APPLICATION_ID = 0x53455353;

/**
 * The schema, as a list of steps that only ever grows: a store at `user_version` n has had the first n of them.
 *
 * Times are milliseconds since the epoch. Long contents continue in `message_parts`, so that no value has to be held whole.
 * `sessions` carries the sums of its messages, kept in the same transactions, so that listing sessions reads no message.
 * A turn is open while `ended_at` is null.
 */
export const MIGRATIONS: readonly string[] = [
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
  // Characters of scripts without spaces are found, and other Unicode forms of a text; `index_text` is
  // `toIndexText`, and `index_characters` is `toIndexCharacters`. The n-th part of a message is now under id + n * 2^40: of documents in falling order the few at the end take longest.
  `
  DROP TRIGGER messages_index;
  DROP TRIGGER message_parts_index;
  DROP TABLE message_index;
  DROP VIEW message_texts;
  DROP INDEX message_parts_text;
  DROP TRIGGER message_parts_unindex;
  CREATE INDEX message_parts_text ON message_parts (message_id + (n << 40)) WHERE n < 12;
  CREATE VIEW message_texts AS
    SELECT id AS rowid, CAST(index_text(content) AS TEXT) AS content, session_id AS session,
      CAST(index_characters(content) AS TEXT) AS characters FROM messages
    UNION ALL
    SELECT message_id + (n << 40), CAST(index_text(content) AS TEXT),
      (SELECT session_id FROM messages WHERE id = message_id), CAST(index_characters(content) AS TEXT) FROM message_parts WHERE n < 12;
  CREATE VIRTUAL TABLE message_index USING fts4 (
    content="message_texts", content, session, characters, tokenize=unicode61 "remove_diacritics=2", order=desc
  );
  INSERT INTO message_index (message_index) VALUES ('automerge=8');
  UPDATE message_index_state SET unindexed_below = (SELECT coalesce(max(id) + 1, 0) FROM messages);
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
  CREATE TRIGGER message_parts_unindex BEFORE DELETE ON message_parts
    WHEN old.n < 12 AND old.message_id >= (SELECT unindexed_below FROM message_index_state) BEGIN
    DELETE FROM message_index WHERE docid = old.message_id + (old.n << 40);
  END;
  `,
  // All conversations that an agent ever kept for a session, so that none of their files stays when it is deleted. And how
  // far the index is with dropping the words of deleted messages; see index-cleaning.ts.
  `
  CREATE TABLE agent_conversations (
    session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    PRIMARY KEY (session_id, id)
  ) WITHOUT ROWID;
  CREATE INDEX agent_conversations_id ON agent_conversations (id);
  INSERT INTO agent_conversations SELECT id, agent_session_id FROM sessions WHERE agent_session_id IS NOT NULL;
  CREATE TRIGGER session_conversation AFTER UPDATE OF agent_session_id ON sessions
    WHEN new.agent_session_id IS NOT NULL BEGIN
    INSERT OR IGNORE INTO agent_conversations VALUES (new.id, new.agent_session_id);
  END;
  ALTER TABLE message_index_state ADD COLUMN cleaning INTEGER NOT NULL DEFAULT 0;
  `,
];
