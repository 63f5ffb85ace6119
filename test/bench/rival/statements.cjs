exports.TABLE = `
  CREATE TABLE messages (id INTEGER PRIMARY KEY, session_id TEXT NOT NULL, role TEXT NOT NULL, created_at INTEGER NOT NULL, content TEXT NOT NULL);
  CREATE INDEX messages_session ON messages (session_id, id)`;
exports.READ = `SELECT * FROM messages WHERE session_id = '00000005' ORDER BY id DESC LIMIT 10`;
exports.APPEND = 'INSERT INTO messages (session_id, role, created_at, content) VALUES (?, ?, ?, ?)';
exports.parameters = () => ['00000005', 'user', Date.now(), 'x'.repeat(1024)];
