import { isFields, pickList, pickNumber, pickText, toNumber } from './config-fields.ts';
import type { Named, Numeric } from './config-fields.ts';

/**
 * The part of a study's optimisation config that the context uses.
 *
 * Such files are written by hand and by several tools, so key names vary. Unknown keys are ignored. An item without a
 * name is skipped, and an invalid bound is left out.
 */
export interface StudyConfig {
  studyName: string | null;
  description: string | null;
  variables: DesignVariable[];
  objectives: Objective[];
  constraints: Constraint[];
}

export type Direction = 'minimize' | 'maximize';

export interface DesignVariable {
  name: string;
  low: Numeric | null;
  high: Numeric | null;
  /** `float`, `int`, `categorical`, …, as written in the file. */
  type: string | null;
  choices: string[];
  units: string | null;
}

export interface Objective {
  name: string;
  direction: Direction | null;
  /** The value to reach, if the file has one. */
  target: Numeric | null;
  units: string | null;
}

export type Comparison = '<' | '<=' | '>' | '>=' | '=';

export interface Constraint {
  name: string;
  comparison: Comparison | null;
  threshold: Numeric | null;
  units: string | null;
}

/** Reads a parsed config document; undefined when it is not an object. Never throws. */
export function parseStudyConfig(document: unknown): StudyConfig | undefined {
  if (!isFields(document)) return undefined;
  const variables = pickList(document, ['design_variables', 'designVariables', 'variables', 'parameters']);
  return {
    studyName: pickText(document, ['study_name', 'studyName', 'name']),
    description: pickText(document, ['description', 'summary']),
    variables: variables.map(parseVariable),
    objectives: pickList(document, ['objectives', 'objective']).map(parseObjective),
    constraints: pickList(document, ['constraints', 'constraint']).flatMap(parseConstraint),
  };
}

const LOWER = ['min', 'lower', 'low', 'lower_bound', 'min_value', 'minimum'];
const UPPER = ['max', 'upper', 'high', 'upper_bound', 'max_value', 'maximum'];
const UNITS = ['units', 'unit'];

function parseVariable([name, fields]: Named): DesignVariable {
  const bounds = fields['bounds'] ?? fields['range'] ?? fields['limits'];
  const [low, high]: unknown[] = Array.isArray(bounds) ? bounds : [];
  const spread = isFields(bounds) ? { ...fields, ...bounds } : fields;
  const choices = [fields['choices'], fields['values'], fields['options']].find(Array.isArray) ?? [];
  return {
    name,
    low: toNumber(low) ?? pickNumber(spread, LOWER),
    high: toNumber(high) ?? pickNumber(spread, UPPER),
    type: pickText(fields, ['type', 'kind', 'dtype']),
    choices: choices.map(String),
    units: pickText(fields, UNITS),
  };
}

function parseObjective([name, fields]: Named): Objective {
  const words = ['goal', 'direction', 'type', 'sense'].map((key) => lookUp(DIRECTIONS, fields[key]));
  return {
    name,
    direction: words.find((direction) => direction !== null) ?? null,
    target: pickNumber(fields, ['target', 'target_value']),
    units: pickText(fields, UNITS),
  };
}

/** A constraint with a lower and an upper limit counts as two. */
function parseConstraint([name, fields]: Named): Constraint[] {
  const units = pickText(fields, UNITS);
  const words = ['type', 'operator', 'comparison', 'goal'].map((key) => lookUp(COMPARISONS, fields[key]));
  const comparison = words.find((word) => word !== null) ?? null;
  const threshold = pickNumber(fields, ['threshold', 'limit', 'value', 'target', 'bound']);
  if (threshold !== null) return [{ name, comparison, threshold, units }];
  const lower = pickNumber(fields, LOWER);
  const upper = pickNumber(fields, UPPER);
  if (lower === null && upper === null) return [{ name, comparison, threshold, units }];
  return [
    ...(lower === null ? [] : [{ name, comparison: comparison ?? '>=', threshold: lower, units } as const]),
    ...(upper === null ? [] : [{ name, comparison: comparison ?? '<=', threshold: upper, units } as const]),
  ];
}

const DIRECTIONS = new Map<string, Direction>([
  ...['minimize', 'minimise', 'min'].map((word) => [word, 'minimize'] as const),
  ...['maximize', 'maximise', 'max'].map((word) => [word, 'maximize'] as const),
]);

const COMPARISONS = new Map<string, Comparison>([
  ...['<', 'lt', 'less_than', 'below', 'under'].map((word) => [word, '<'] as const),
  ...['<=', 'le', 'lte', 'less_than_or_equal', 'at_most', 'max', 'maximum', 'upper', 'upper_bound'].map(
    (word) => [word, '<='] as const,
  ),
  ...['>', 'gt', 'greater_than', 'above', 'over'].map((word) => [word, '>'] as const),
  ...['>=', 'ge', 'gte', 'greater_than_or_equal', 'at_least', 'min', 'minimum', 'lower', 'lower_bound'].map(
    (word) => [word, '>='] as const,
  ),
  ...['=', '==', 'eq', 'equal', 'equals', 'equality'].map((word) => [word, '='] as const),
]);

function lookUp<T>(words: Map<string, T>, value: unknown): T | null {
  return typeof value === 'string' ? (words.get(value.trim().toLowerCase()) ?? null) : null;
}
