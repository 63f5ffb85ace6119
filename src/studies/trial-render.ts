import { findBroken, renderConstraint } from './constraint.ts';
import { renderCode, renderNumber } from '../text/markdown.ts';
import type { OptunaStudy } from './optuna-study.ts';
import type { Trial } from './optuna-trial.ts';
import { renderPythonJson } from './python-json.ts';
import type { Direction, Objective, StudyConfig } from './study-config.ts';

const MAX_PAIRS = 60;

/**
 * The names of the objectives: those in the database, else those of the config that can be assigned for certain, else
 * `objective 0`, …
 *
 * The order in a config is not reliable, so several objectives are matched by their directions.
 */
export function objectiveNames(study: OptunaStudy, config: StudyConfig | null): string[] {
  if (study.metricNames !== null) return study.metricNames;
  const known = config?.objectives.length === study.directions.length ? config.objectives : [];
  return study.directions.map(
    (direction, index) => nameOnly(study, known, direction) ?? `objective ${index}`,
  );
}

/** The name of the only objective that matches; undefined when several match. */
function nameOnly(
  { directions }: OptunaStudy,
  objectives: Objective[],
  direction: Direction | null,
): string | undefined {
  if (objectives.length === 1) return objectives[0]!.name;
  const meant = objectives.filter((objective) => objective.direction === direction);
  const isOnly = meant.length === 1 && directions.filter((each) => each === direction).length === 1;
  return isOnly ? meant[0]!.name : undefined;
}

/**
 * A trial on one line: its number, values, parameters, recorded attributes, and the constraints that it violates.
 *
 * Numbers have all their digits, so that they can be searched for.
 */
export function renderTrial(trial: Trial, names: string[], config: StudyConfig | null): string {
  const values = names.map((name, index) => [name, trial.values[index] ?? null] as const);
  const broken = findBroken(config?.constraints ?? [], trial.userAttributes).map(renderConstraint);
  return [
    `trial ${trial.number}${trial.state === 'COMPLETE' ? '' : ` (${trial.state.toLowerCase()})`}`,
    values.some(([, value]) => value !== null) ? `: ${renderPairs(values)}` : '',
    ...titled('parameters', renderPairs(Object.entries(trial.params))),
    ...titled('recorded', renderPairs(Object.entries(trial.userAttributes))),
    ...titled('breaks', broken.join(', ')),
  ].join('');
}

function renderPairs(pairs: (readonly [string, unknown])[]): string {
  const shown = pairs
    .slice(0, MAX_PAIRS)
    .map(([name, value]) => `${renderCode(name)} = ${renderValue(value)}`);
  return [...shown, ...(pairs.length > MAX_PAIRS ? [`and ${pairs.length - MAX_PAIRS} more`] : [])].join(', ');
}

function renderValue(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'bigint') return renderNumber(value);
  if (typeof value === 'boolean') return String(value);
  return value === null || value === undefined
    ? 'none'
    : renderCode(typeof value === 'string' ? value : renderPythonJson(value));
}

function titled(title: string, text: string): string[] {
  return text === '' ? [] : [`; ${title}: ${text}`];
}
