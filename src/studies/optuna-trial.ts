import { isFields } from './config-fields.ts';
import { cutHead } from '../text/markdown.ts';
import { valueSql } from './optuna-sql.ts';
import type { Database, OptunaStudy } from './optuna-study.ts';
import { parsePythonJson } from './python-json.ts';

export const TRIAL_STATES = ['COMPLETE', 'RUNNING', 'WAITING', 'PRUNED', 'FAIL'] as const;

export interface Trial {
  number: number;
  state: string;
  /** One value an objective; null when it is not recorded. */
  values: (number | null)[];
  /** In the order in which they were suggested. A categorical parameter is its choice. */
  params: Record<string, unknown>;
  userAttributes: Record<string, unknown>;
  /** As Optuna writes it: local time of the machine that ran the trial. */
  startedAt: string | null;
  completedAt: string | null;
}

const MAX_PARAMS = 1000;
const MAX_ATTRIBUTES = 30;
const MAX_ATTRIBUTE_CHARS = 500;

/** Reads trials completely, in the order of the ids. Meant for a few trials. */
export function readTrials(db: Database, study: OptunaStudy, ids: number[]): Trial[] {
  return ids.flatMap((id) => {
    const [row] = db.all(
      'select number, state, datetime_start as startedAt, datetime_complete as completedAt from trials where trial_id = ?',
      [id],
    );
    return row === undefined ? [] : [readTrial(db, study, id, row)];
  });
}

function readTrial(db: Database, study: OptunaStudy, id: number, row: Record<string, unknown>): Trial {
  return {
    number: Number(row['number']),
    state: String(row['state']),
    values: readValues(db, study, id),
    params: readParams(db, id),
    userAttributes: readAttributes(db, id),
    startedAt: typeof row['startedAt'] === 'string' ? row['startedAt'] : null,
    completedAt: typeof row['completedAt'] === 'string' ? row['completedAt'] : null,
  };
}

function readValues(db: Database, study: OptunaStudy, id: number): (number | null)[] {
  const sql = `select objective, ${valueSql(study, 'v')} as value from trial_values v where trial_id = ?`;
  const values = new Map(db.all(sql, [id]).map((row) => [row['objective'], row['value']]));
  return study.directions.map((_, objective) => {
    const value = values.get(objective);
    return typeof value === 'number' ? value : null;
  });
}

function readParams(db: Database, id: number): Record<string, unknown> {
  const rows = db.all(
    'select param_name as name, param_value as value, distribution_json as distribution from trial_params where trial_id = ? order by param_id limit ?',
    [id, MAX_PARAMS],
  );
  return Object.fromEntries(
    rows.map((row) => [String(row['name']), decodeParam(row['value'], row['distribution'])]),
  );
}

/** Decodes a parameter. A categorical one is stored as an index into its choices, any other as its number. */
export function decodeParam(value: unknown, distribution: unknown): unknown {
  if (typeof distribution !== 'string' || !distribution.includes('"CategoricalDistribution"')) return value;
  const parsed = decodeJson(distribution);
  const attributes = isFields(parsed) ? parsed['attributes'] : undefined;
  const choices = isFields(attributes) ? attributes['choices'] : undefined;
  return Array.isArray(choices) && typeof value === 'number' ? (choices[value] ?? null) : value;
}

/** Reads a limited number of attributes. Long ones are cut to the start of their JSON text. */
function readAttributes(db: Database, id: number): Record<string, unknown> {
  const rows = db.all(
    `select key, substr(value_json, 1, ?) as json from trial_user_attributes where trial_id = ?
     order by trial_user_attribute_id limit ?`,
    [MAX_ATTRIBUTE_CHARS + 1, id, MAX_ATTRIBUTES],
  );
  return Object.fromEntries(rows.map((row) => [String(row['key']), decodeAttribute(String(row['json']))]));
}

function decodeAttribute(json: string): unknown {
  return json.length > MAX_ATTRIBUTE_CHARS ? `${cutHead(json, MAX_ATTRIBUTE_CHARS)}…` : decodeJson(json);
}

/** Returns text that is not JSON as it is. */
function decodeJson(json: string): unknown {
  try {
    return parsePythonJson(json);
  } catch {
    return json;
  }
}
