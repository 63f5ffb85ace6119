/**
 * Sums over turns, read in sections of the index of their ends, so that neither memory nor the time of the lock grows
 * with the store. Turns that `fork` copied are not counted.
 */
import type { Usage } from '../../model/usage.ts';
import type { Reader } from './engine/connection.ts';
import type { Database } from './engine/database.ts';
import type { Stats, StatsKey, StatsQuery } from '../stats-store.ts';

type StatsRow = Omit<Stats, 'usage'> & Usage;

const SLICE_TURNS = 5000;

/** The mode of a turn is the mode before the first switch after it, or the session's mode without one. */
const KEYS: Record<StatsKey, string> = {
  day: `strftime('%Y-%m-%d', turns.ended_at / 1000, 'unixepoch')`,
  session: 'turns.session_id',
  study: '(SELECT study FROM sessions WHERE id = turns.session_id)',
  model: 'coalesce(share.key, turns.model)',
  mode: `coalesce(
    (SELECT json_extract(from_value, '$') FROM session_changes WHERE session_id = turns.session_id AND what = 'mode'
       AND at > coalesce(turns.started_at, turns.queued_at) ORDER BY id LIMIT 1),
    (SELECT mode FROM sessions WHERE id = turns.session_id))`,
};

const ENDED = 'turns.ended_at IS NOT NULL AND turns.copied_from IS NULL';

export async function readStats(
  db: Database,
  { by, since = 0, until = Infinity }: StatsQuery,
): Promise<Stats[]> {
  const sums = new Map<string | null, StatsRow>();
  const end = Math.min(until, Number.MAX_SAFE_INTEGER);
  for (let from = since; from < end;) {
    const { rows, next } = await db.read((tx) => readSlice(tx, by, from, end));
    for (const row of rows) add(sums, row);
    from = next;
  }
  const all = [...sums.values()].map(toStats);
  return by === 'day'
    ? all.toSorted((a, b) => ((a.key ?? '') < (b.key ?? '') ? -1 : 1))
    : all.toSorted((a, b) => b.costUsd - a.costUsd || b.turns - a.turns);
}

/** What is summed of a turn: all of it, or with `model` a share for each model. */
const WHOLE = { from: '', isMain: '1', usage: 'usage', cost: 'cost_usd' };
const BY_MODEL = {
  from: 'LEFT JOIN json_each(turns.usage_by_model) AS share',
  /** Values that can't be split count for the model with the highest cost. */
  isMain: `(share.key IS NULL OR share.key =
    (SELECT key FROM json_each(turns.usage_by_model) ORDER BY value ->> '$.cost_usd' DESC, key LIMIT 1))`,
  usage: 'coalesce(share.value, usage)',
  cost: `coalesce(share.value ->> '$.cost_usd', cost_usd)`,
};

function readSlice(tx: Reader, by: StatsKey, from: number, end: number): { rows: StatsRow[]; next: number } {
  const last = tx.get<{ at: number }>(
    `SELECT ended_at AS at FROM turns WHERE ${ENDED} AND ended_at >= ? ORDER BY ended_at LIMIT 1 OFFSET ?`,
    [from, SLICE_TURNS],
  );
  const next = Math.min(last === undefined ? end : last.at + 1, end);
  const { isMain, usage, cost, from: shares } = by === 'model' ? BY_MODEL : WHOLE;
  const token = (name: keyof Usage): string => `coalesce(sum(${usage} ->> '$.${name}'), 0) AS ${name}`;
  const rows = tx.all<StatsRow>(
    `SELECT ${KEYS[by]} AS key, sum(${isMain}) AS turns, sum(${isMain} AND status = 'completed') AS completed,
       coalesce(sum(${isMain} * num_turns), 0) AS numTurns,
       sum(${isMain} * json_array_length(permission_denials)) AS denials,
       ${(['input_tokens', 'output_tokens', 'cache_read_input_tokens', 'cache_creation_input_tokens'] as const).map(token).join(', ')},
       sum(${cost}) AS costUsd, coalesce(sum(${isMain} * duration_ms), 0) AS durationMs
     FROM turns INDEXED BY turns_ended ${shares} WHERE ${ENDED} AND ended_at >= ? AND ended_at < ? GROUP BY 1`,
    [from, next],
  );
  return { rows, next };
}

function add(sums: Map<string | null, StatsRow>, row: StatsRow): void {
  const sum = sums.get(row.key);
  if (sum === undefined) sums.set(row.key, row);
  else
    for (const [name, value] of Object.entries(row))
      if (typeof value === 'number') sum[name as 'turns'] += value;
}

function toStats({
  key,
  turns,
  completed,
  numTurns,
  denials,
  costUsd,
  durationMs,
  ...usage
}: StatsRow): Stats {
  const cost = Math.round(costUsd * 1e9) / 1e9;
  return { key, turns, completed, numTurns, denials, usage, costUsd: cost, durationMs };
}
