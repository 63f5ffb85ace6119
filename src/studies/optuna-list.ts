import { SessionError } from '../errors.ts';
import { valueSql } from './optuna-sql.ts';
import type { Database, OptunaStudy } from './optuna-study.ts';
import { readTrials } from './optuna-trial.ts';
import type { Trial } from './optuna-trial.ts';

export interface TrialQuery {
  state?: string | undefined;
  /** `number`, `value` (of the first objective), `value:1` (of the second), or the name of a parameter. */
  sort?: string | undefined;
  descending?: boolean | undefined;
  limit: number;
  offset?: number | undefined;
}

export interface TrialPage {
  trials: Trial[];
  /** The number of matching trials without the limit. */
  total: number;
}

/**
 * Lists trials of a study. Those without the value or parameter to sort by come last.
 *
 * Throws STUDY_INVALID for an objective or parameter the study does not have.
 */
export function listTrials(db: Database, study: OptunaStudy, query: TrialQuery): TrialPage {
  const matches = `t.study_id = ?1 and (?2 is null or t.state = ?2)`;
  const scope = [study.id, query.state ?? null];
  const [count] = db.all(`select count(*) as n from trials t where ${matches}`, scope);
  const { join, key, params } = sortKey(db, study, query.sort ?? 'number');
  const rows = db.all(
    `select t.trial_id as id from trials t ${join} where ${matches}
     order by ${key} is null, ${key} ${query.descending ? 'desc' : 'asc'}, t.number limit ?3 offset ?4`,
    [...scope, query.limit, query.offset ?? 0, ...params],
  );
  return {
    trials: readTrials(
      db,
      study,
      rows.map((row) => Number(row['id'])),
    ),
    total: Number(count?.['n'] ?? 0),
  };
}

interface SortKey {
  join: string;
  key: string;
  /** Bound from `?5` on. */
  params: string[];
}

function sortKey(db: Database, study: OptunaStudy, sort: string): SortKey {
  if (sort === 'number') return { join: '', key: 't.number', params: [] };
  const objective = /^value(?::(\d+))?$/.exec(sort);
  if (objective) return valueKey(study, Number(objective[1] ?? 0));
  const known = db.all(
    `select 1 from trials t join trial_params p on p.trial_id = t.trial_id and p.param_name = ?
     where t.study_id = ? limit 1`,
    [sort, study.id],
  );
  if (known.length === 0) {
    throw new SessionError('STUDY_INVALID', `No trial has a parameter ${JSON.stringify(sort)} to sort by.`);
  }
  const join = 'left join trial_params p on p.trial_id = t.trial_id and p.param_name = ?5';
  return { join, key: 'p.param_value', params: [sort] };
}

function valueKey(study: OptunaStudy, objective: number): SortKey {
  if (objective >= study.directions.length) {
    throw new SessionError(
      'STUDY_INVALID',
      `There is no value:${objective} to sort by: the study has ${study.directions.length} objectives, counted from 0.`,
    );
  }
  const join = `left join trial_values v on v.trial_id = t.trial_id and v.objective = ${objective}`;
  return { join, key: `(${valueSql(study, 'v')})`, params: [] };
}
