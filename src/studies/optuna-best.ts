import { findBroken } from './constraint.ts';
import { feasibleSql, keepsSql, valueSql } from './optuna-sql.ts';
import type { Database, OptunaStudy } from './optuna-study.ts';
import { readTrials } from './optuna-trial.ts';
import type { Trial } from './optuna-trial.ts';
import type { Constraint } from './study-config.ts';
import { findParetoFront, pickSpread } from './pareto.ts';

export interface Best {
  /** The best trial, or with several objectives the Pareto front, by number. At most `limit` trials; may be empty. */
  trials: Trial[];
  /** The number of best trials without the limit. */
  total: number;
  /** The best trial by value, when it violates its constraints and so is not in `trials`. */
  infeasible: Trial | null;
  /** The best single trial whose recorded values meet the config's constraints, when those of the best one don't. */
  keeping: Trial | null;
}

/**
 * What Optuna calls the best trial or trials: among the complete ones, and when constraints are recorded (by samplers
 * with a `constraints_func`, or by name), among the feasible ones. Of equally good single trials, the one with the
 * lowest number.
 */
export function readBest(db: Database, study: OptunaStudy, limit: number, constraints: Constraint[]): Best {
  if (study.directions.length > 1) return readFront(db, study, limit);
  const id = findBestId(db, study, []);
  if (id === undefined) return { trials: [], total: 0, infeasible: null, keeping: null };
  const feasibleId = study.isConstrained ? findBestId(db, study, [feasibleSql(study)]) : id;
  const trials = feasibleId === undefined ? [] : readTrials(db, study, [feasibleId]);
  const infeasible = feasibleId === id ? undefined : readTrials(db, study, [id])[0];
  return {
    trials,
    total: trials.length,
    infeasible: infeasible ?? null,
    keeping: findKeeping(db, study, trials, constraints),
  };
}

function findKeeping(
  db: Database,
  study: OptunaStudy,
  best: Trial[],
  constraints: Constraint[],
): Trial | null {
  if (best[0] === undefined || findBroken(constraints, best[0].userAttributes).length === 0) return null;
  const kept = constraints.flatMap(keepsSql);
  const conditions = [...(study.isConstrained ? [feasibleSql(study)] : []), ...kept.map(({ sql }) => sql)];
  const id = findBestId(
    db,
    study,
    conditions,
    kept.flatMap(({ params }) => params),
  );
  return id === undefined ? null : (readTrials(db, study, [id])[0] ?? null);
}

function findBestId(
  db: Database,
  study: OptunaStudy,
  conditions: string[],
  params: (string | number)[] = [],
): number | undefined {
  const value = valueSql(study, 'v');
  const order = study.directions[0] === 'maximize' ? 'desc' : 'asc';
  const [row] = db.all(
    `select t.trial_id as id from trials t join trial_values v on v.trial_id = t.trial_id and v.objective = 0
     where t.study_id = ? and t.state = 'COMPLETE' and ${[`${value} is not null`, ...conditions].join(' and ')}
     order by ${value} ${order}, t.number limit 1`,
    [study.id, ...params],
  );
  return row === undefined ? undefined : Number(row['id']);
}

function readFront(db: Database, study: OptunaStudy, limit: number): Best {
  const { ids, coordinates } = readPoints(db, study);
  const dimensions = study.directions.length;
  const front = findParetoFront(coordinates, dimensions);
  const shown = pickSpread(front, coordinates, dimensions, limit).map((point) => ids[point]!);
  return { trials: readTrials(db, study, shown), total: front.length, infeasible: null, keeping: null };
}

const PAGE = 5000;

/**
 * The values of all complete trials, with signs changed so that smaller is better. Reads a page at a time, and only
 * numbers.
 */
function readPoints(db: Database, study: OptunaStudy): { ids: number[]; coordinates: Float64Array } {
  const axes = study.directions.map((_, axis) => axis);
  const columns = axes.map((axis) => `${valueSql(study, `v${axis}`)} as v${axis}`);
  const joins = axes.map(
    (axis) => `join trial_values v${axis} on v${axis}.trial_id = t.trial_id and v${axis}.objective = ${axis}`,
  );
  const sql = `select t.trial_id as id, ${columns.join(', ')} from trials t ${joins.join(' ')}
    where t.trial_id > ? and t.study_id = ? and t.state = 'COMPLETE' ${study.isConstrained ? `and ${feasibleSql(study)}` : ''}
    order by t.trial_id limit ${PAGE}`;
  const ids: number[] = [];
  const coordinates: number[] = [];
  for (let after = -1; ;) {
    const rows = db.all(sql, [after, study.id]);
    for (const row of rows) {
      after = Number(row['id']);
      const values = axes.map((axis) => row[`v${axis}`]);
      if (!values.every((value) => typeof value === 'number')) continue;
      ids.push(after);
      coordinates.push(
        ...values.map((value, axis) => (study.directions[axis] === 'maximize' ? -value : value)),
      );
    }
    if (rows.length < PAGE) return { ids, coordinates: Float64Array.from(coordinates) };
  }
}
