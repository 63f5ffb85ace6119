import { findBroken, renderConstraint } from './constraint.ts';
import { renderCode, renderNumber } from './markdown.ts';
import type { OptunaStudy } from './optuna-study.ts';
import type { Trial } from './optuna-trial.ts';
import type { StudyConfig } from './study-config.ts';

const MAX_PAIRS = 60;

/** The names of the objectives: the config's where it has as many as the database, else `objective 0`, … */
export function objectiveNames(study: OptunaStudy, config: StudyConfig | null): string[] {
  const named = config?.objectives.length === study.directions.length ? config.objectives : [];
  return study.directions.map((_, index) => named[index]?.name ?? `objective ${index}`);
}

/**
 * A trial on one line: its number, values, parameters, what was recorded with it, and the constraints that breaks.
 *
 * Numbers are written in full, so that they can be found again.
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
  if (typeof value === 'number') return renderNumber(value);
  if (typeof value === 'boolean') return String(value);
  return value === null || value === undefined
    ? 'none'
    : renderCode(typeof value === 'string' ? value : JSON.stringify(value));
}

function titled(title: string, text: string): string[] {
  return text === '' ? [] : [`; ${title}: ${text}`];
}
