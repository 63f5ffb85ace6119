import { expect, test } from 'vitest';
import { makeOnly } from '../support/machines.ts';
import type { Machine } from '../support/machines.ts';
import { createDatabase, query } from '../support/postgres.ts';
import { isTorture } from '../support/run.ts';

/** SESSION_TORTURE=full is the run whose numbers are quoted; without it, one that CI has time for. */
const SESSIONS = isTorture ? 20_000 : 1000;
const TURNS = 25;
const ROUNDS = isTorture ? 5 : 3;

/** A store with so many sessions of 50 messages. */
async function fill(sessions: number): Promise<Machine> {
  const url = await createDatabase(process.env['TEST_POSTGRES']!);
  const place = makeOnly(url);
  await place.run('store', 'migrate');
  await query(
    url,
    `INSERT INTO sessions (id, mode, root, agent, warm, pinned, tags, mcp_configs, attachments, created_at,
       last_active_at, message_count, turn_count, bytes)
     SELECT lpad(to_hex(n), 8, '0'), 'user', '/srv/' || n % 10, 'mock', 0, 0, '{}', '[]', '[]', n, 1600000000000 + n,
       ${2 * TURNS}, ${TURNS}, ${120 * TURNS} FROM generate_series(1, ${sessions}) AS n`,
  );
  await query(
    url,
    `INSERT INTO turns (session_id, status, limits, queued_at, started_at, ended_at, cost_usd)
     SELECT lpad(to_hex(1 + n % ${sessions}), 8, '0'), 'completed', '{}', at, at, at, 0.01
     FROM generate_series(1, ${sessions * TURNS}) AS n, LATERAL (SELECT 1600000000000 + n) AS times (at)`,
  );
  await query(
    url,
    `INSERT INTO messages (id, session_id, turn_id, role, created_at, content)
     SELECT 2 * id + n, session_id, id, CASE n WHEN 0 THEN 'user' ELSE 'assistant' END, queued_at,
       'common word' || id % 997 || ' rare' || id || ' and some more text so that it is long enough'
     FROM turns, generate_series(0, 1) AS n`,
  );
  await query(
    url,
    `INSERT INTO message_words (message_id, part, stretch, words)
     SELECT id, 0, 0, array_to_tsvector(ARRAY(SELECT DISTINCT unnest(string_to_array(content, ' ')))) FROM messages`,
  );
  await query(url, 'ANALYZE');
  return place;
}

/** The shortest times of a command in each, in turn, since a machine's speed drifts. */
async function bestMs(places: Machine[], words: string[]): Promise<number[]> {
  const best = places.map(() => Number.POSITIVE_INFINITY);
  for (let round = 0; round < ROUNDS; round++)
    for (const [n, place] of places.entries()) {
      const since = performance.now();
      expect(await place.run(...words), words.join(' ')).toMatchObject({ code: 0 });
      best[n] = Math.min(best[n]!, Math.round(performance.now() - since));
    }
  return best;
}

test(
  `with ${SESSIONS * TURNS * 2} messages commands take no more than twice as long as with 50`,
  { timeout: isTorture ? 600_000 : 120_000 },
  async () => {
    const places = [await fill(1), await fill(SESSIONS)];
    for (const words of [
      ['history', '00000001', '--limit', '20'],
      ['list'],
      ['show', '00000001'],
      ['search', 'common'],
      ['search', 'word77'],
      ['search', 'rare777'],
      ['search', 'common', '--session', '00000001'],
      ['gc', '--dry-run', '--max-age', '1d', '--keep-last', '10'],
    ]) {
      const [few, many] = await bestMs(places, words);
      console.log(JSON.stringify({ command: words.join(' '), fewMs: few, manyMs: many }));
      expect(many, words.join(' ')).toBeLessThan(2 * few!);
    }
  },
);
