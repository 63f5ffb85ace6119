import { renderCode } from '../text/markdown.ts';
import type { TrialSummary } from './optuna.ts';
import type { StudyConfig } from './study-config.ts';
import { objectiveNames, renderTrial } from './trial-render.ts';

/** The summary of a study's database: the counts, and the best trial or the Pareto front. */
export function renderTrials(trials: TrialSummary, database: string, config: StudyConfig | null): string[] {
  const { study, counts, total, best } = trials;
  const names = objectiveNames(study, config);
  const goals = names.map(
    (name, index) => `${study.directions[index] ?? 'no direction for'} ${renderCode(name)}`,
  );
  const others = study.others.map((name) => renderCode(name)).join(', ');
  const count = (state: string): number => counts[state] ?? 0;
  return [
    '### Trials',
    `Optuna study ${renderCode(study.name)} in ${renderCode(database)}${others === '' ? '' : ` (not ${others}, also in there)`}: ${goals.join(', ')}.`,
    `${total} trials: ${count('COMPLETE')} complete, ${count('RUNNING')} running, ${count('FAIL')} failed, ${count('PRUNED')} pruned, ${count('WAITING')} waiting.`,
    study.directions.length > 1 ? renderFront(trials, names, config) : renderBest(trials, names, config),
    ...(best.infeasible === null
      ? []
      : [
          `Better by value alone, but it violates the constraints recorded with it:\n- ${renderTrial(best.infeasible, names, config)}`,
        ]),
    ...(best.keeping === null
      ? []
      : [
          `Best trial whose recorded values keep the constraints of the config:\n- ${renderTrial(best.keeping, names, config)}`,
        ]),
  ];
}

function renderBest(trials: TrialSummary, names: string[], config: StudyConfig | null): string {
  const [best] = trials.best.trials;
  return best === undefined
    ? renderNone(trials)
    : `Best ${feasible(trials)}trial:\n- ${renderTrial(best, names, config)}`;
}

function renderFront(trials: TrialSummary, names: string[], config: StudyConfig | null): string {
  const { best } = trials;
  if (best.total === 0) return renderNone(trials);
  const few =
    best.trials.length < best.total
      ? `; here are ${best.trials.length} of them, spread along ${renderCode(names[0]!)}`
      : '';
  const lines = best.trials.map((trial) => `- ${renderTrial(trial, names, config)}`);
  return [
    `Pareto front: ${best.total} ${feasible(trials)}trials that no other beats in every objective${few}.`,
    ...lines,
  ].join('\n');
}

function renderNone(trials: TrialSummary): string {
  return trials.counts['COMPLETE']
    ? `No ${feasible(trials)}trial is complete with a value yet.`
    : 'No trial is complete yet.';
}

function feasible({ study }: TrialSummary): string {
  return study.isConstrained ? 'feasible ' : '';
}
