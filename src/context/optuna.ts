import { readBest } from './optuna-best.ts';
import type { Best } from './optuna-best.ts';
import type { Database, OptunaStudy } from './optuna-study.ts';
import type { Constraint } from './study-config.ts';

/**
 * What a study's database says: never trial by trial, so that it costs little memory however many there are.
 */
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
  const rows = db.all('select state, count(*) as n from trials where study_id = ? group by state', [
    study.id,
  ]);
  const counts = Object.fromEntries(rows.map((row) => [String(row['state']), Number(row['n'])]));
  return {
    study,
    counts,
    total: Object.values(counts).reduce((sum, count) => sum + count, 0),
    best: readBest(db, study, maxFront, constraints),
  };
}
