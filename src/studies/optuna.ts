import { readBest } from './optuna-best.ts';
import type { Best } from './optuna-best.ts';
import type { Database, OptunaStudy } from './optuna-study.ts';
import { TRIAL_STATES } from './optuna-trial.ts';
import type { Constraint } from './study-config.ts';

/** The summary of a study's trials. It does not hold each trial, so memory does not grow with their number. */
export interface TrialSummary {
  study: OptunaStudy;
  /** Trials by state (`COMPLETE`, `RUNNING`, `WAITING`, `PRUNED`, `FAIL`). */
  counts: Record<string, number>;
  total: number;
  best: Best;
}

/** Summarises a study's trials, with at most `maxFront` trials of a Pareto front. `constraints` are its config's. */
export function summariseTrials(
  db: Database,
  study: OptunaStudy,
  maxFront: number,
  constraints: Constraint[] = [],
): TrialSummary {
  return {
    study,
    ...countTrials(db, study.id),
    best: readBest(db, study, maxFront, constraints),
  };
}

/** Counts in one pass, because `group by` would sort all trials. */
function countTrials(db: Database, studyId: number): { counts: Record<string, number>; total: number } {
  const columns = TRIAL_STATES.map((state) => `count(*) filter (where state = '${state}') as ${state}`);
  const [row = {}] = db.all(
    `select count(*) as total, ${columns.join(', ')} from trials where study_id = ?`,
    [studyId],
  );
  const counts = TRIAL_STATES.map((state) => [state, Number(row[state])] as const);
  return { counts: Object.fromEntries(counts.filter(([, count]) => count > 0)), total: Number(row['total']) };
}
