import { openDatabase } from '../../src/store/sqlite/engine/database.ts';
import { SCHEMA } from '../../src/store/sqlite/schema.ts';

export interface BigStore {
  sessions: number;
  /** Half of them are questions, half are answers. */
  messagesEach: number;
  /** How many roots the sessions are spread over. */
  roots: number;
  /** The length of each message. */
  characters: number;
  /** The age of the oldest session's last activity. The others are spread evenly up to now. */
  spanMs: number;
}

const BATCH = 1_000;
const EACH = 'WITH RECURSIVE n (n) AS (SELECT ? UNION ALL SELECT n + 1 FROM n WHERE n + 1 < ?)';

/**
 * Fills a store like years of use, with the turns of all sessions interleaved. The id of session n is n in hexadecimal.
 */
export async function fillStore(path: string, how: BigStore): Promise<void> {
  const db = await openDatabase(path, SCHEMA, { access: 'write' });
  const now = Date.now();
  const { sessions, messagesEach, roots, characters, spanMs } = how;
  for (let from = 0; from < sessions; from += BATCH) {
    await db.write((tx) =>
      tx.run(
        `${EACH} INSERT INTO sessions (id, name, mode, root, agent, warm, pinned, created_at, last_active_at, tags,
             mcp_configs, attachments)
           SELECT printf('%08x', n), 'session ' || n, 'user', '/home/someone/projects/project-' || (n % ?), 'mock', 0, 0,
             ?, CAST(? - (? - n) * (? / ?) AS INTEGER), '{}', '[]', '[]' FROM n`,
        [from, Math.min(from + BATCH, sessions), roots, now - spanMs, now, sessions, spanMs, sessions],
      ),
    );
  }
  for (let turn = 0; turn < messagesEach / 2; turn++) {
    for (let from = 0; from < sessions; from += BATCH) {
      await db.write((tx) => {
        const range = [from, Math.min(from + BATCH, sessions)];
        const first = turn * sessions + 1;
        tx.run(
          `${EACH} INSERT INTO turns (id, session_id, status, limits, queued_at, started_at, ended_at)
             SELECT n + ?, printf('%08x', n), 'completed', '{}', ?, ?, ? FROM n`,
          [...range, first, now, now, now],
        );
        for (const [side, role] of ['user', 'assistant'].entries())
          tx.run(
            `${EACH} INSERT INTO messages (id, session_id, turn_id, role, created_at, content)
               SELECT 2 * (n + ?) + ?, printf('%08x', n), n + ?, ?, ?, substr(hex(zeroblob(?)), 1, ?) FROM n`,
            [...range, first, side, first, role, now, characters, characters],
          );
        tx.run(
          `UPDATE sessions SET message_count = message_count + 2, turn_count = turn_count + 1
             WHERE id >= printf('%08x', ?) AND id < printf('%08x', ?)`,
          range,
        );
      });
    }
  }
  await db.close();
}
