import type { Usage } from '../../model/usage.ts';
import type { Stats, StatsKey, StatsQuery } from '../stats-store.ts';
import type { Reader } from './connection.ts';

/** The mode of a turn is the mode before the first switch after it, or the session's mode without one. */
const KEYS: Record<StatsKey, string> = {
  day: `to_char(to_timestamp(turns.ended_at / 1000) AT TIME ZONE 'UTC', 'YYYY-MM-DD')`,
  session: 'turns.session_id',
  study: '(SELECT study FROM sessions WHERE id = turns.session_id)',
  model: 'coalesce(share.key, turns.model)',
  mode: `coalesce(
    (SELECT from_value::jsonb #>> '{}' FROM session_changes WHERE session_id = turns.session_id AND what = 'mode'
       AND at > coalesce(turns.started_at, turns.queued_at) ORDER BY id LIMIT 1),
    (SELECT mode FROM sessions WHERE id = turns.session_id))`,
};

/** What is summed of a turn: all of it, or with `model` a share for each model. */
const WHOLE = { from: '', isMain: '1', usage: 'usage::jsonb', cost: 'cost_usd' };
const BY_MODEL = {
  from: 'LEFT JOIN LATERAL jsonb_each(turns.usage_by_model::jsonb) AS share ON TRUE',
  /** Values that can't be split count for the model with the highest cost. */
  isMain: `(CASE WHEN share.key IS NULL OR share.key = (SELECT key FROM jsonb_each(turns.usage_by_model::jsonb)
    ORDER BY (value ->> 'cost_usd')::float8 DESC NULLS LAST, key COLLATE "C" LIMIT 1) THEN 1 ELSE 0 END)`,
  usage: 'coalesce(share.value, usage::jsonb)',
  cost: `coalesce((share.value ->> 'cost_usd')::float8, cost_usd)`,
};

const TOKENS = [
  'input_tokens',
  'output_tokens',
  'cache_read_input_tokens',
  'cache_creation_input_tokens',
] as const satisfies (keyof Usage)[];

/** Sums over turns. Turns that `fork` copied are not counted. */
export async function readStats(tx: Reader, { by, since, until }: StatsQuery): Promise<Stats[]> {
  const { isMain, usage, cost, from } = by === 'model' ? BY_MODEL : WHOLE;
  const order = by === 'day' ? 'key' : '"costUsd" DESC, turns DESC';
  const rows = await tx.all<Omit<Stats, 'usage'> & Usage>(
    `SELECT * FROM (SELECT ${KEYS[by]} AS key, sum(${isMain}) AS turns,
       sum(CASE WHEN status = 'completed' THEN ${isMain} ELSE 0 END) AS completed,
       coalesce(sum(${isMain} * num_turns), 0) AS "numTurns",
       sum(${isMain} * jsonb_array_length(permission_denials::jsonb)) AS denials,
       ${TOKENS.map((name) => `coalesce(sum((${usage} ->> '${name}')::float8), 0) AS ${name}`).join(', ')},
       sum(${cost}) AS "costUsd", coalesce(sum(${isMain} * duration_ms), 0) AS "durationMs"
     FROM turns ${from} WHERE turns.ended_at IS NOT NULL AND turns.copied_from IS NULL
       AND turns.ended_at >= ? AND turns.ended_at < ? GROUP BY 1) AS sums ORDER BY ${order}`,
    [since ?? 0, Math.min(until ?? Infinity, Number.MAX_SAFE_INTEGER)],
  );
  return rows.map(({ key, turns, completed, numTurns, denials, costUsd, durationMs, ...tokens }) => ({
    key,
    turns,
    completed,
    numTurns,
    denials,
    usage: tokens,
    costUsd: Math.round(costUsd * 1e9) / 1e9,
    durationMs,
  }));
}
