import { expect, it } from 'vitest';
import type { OptunaStudy } from '../../../src/studies/optuna-study.ts';
import { parseStudyConfig } from '../../../src/studies/study-config.ts';
import { objectiveNames } from '../../../src/studies/trial-render.ts';

type Goal = 'minimize' | 'maximize';

function names(
  directions: Goal[],
  objectives: [name: string, goal?: Goal][],
  metricNames: string[] | null = null,
) {
  const study: OptunaStudy = {
    id: 1,
    name: 's',
    others: [],
    directions,
    libraryVersion: '5.0.0',
    hasValueTypes: true,
    metricNames,
    isConstrained: false,
    isFeasibleUnrecorded: true,
  };
  const config = parseStudyConfig({ objectives: objectives.map(([name, goal]) => ({ name, goal })) });
  return objectiveNames(study, config ?? null);
}

it.each<[Goal[], [string, Goal?][], string[]]>([
  [['minimize'], [['mass']], ['mass']],
  [['minimize'], [['mass', 'maximize']], ['mass']],
  [
    ['maximize', 'minimize'],
    [
      ['drag', 'minimize'],
      ['lift', 'maximize'],
    ],
    ['lift', 'drag'],
  ],
  [
    ['minimize', 'minimize'],
    [
      ['cost', 'minimize'],
      ['mass', 'minimize'],
    ],
    ['objective 0', 'objective 1'],
  ],
  [
    ['minimize', 'minimize'],
    [
      ['cost', 'minimize'],
      ['lift', 'maximize'],
    ],
    ['objective 0', 'objective 1'],
  ],
  [
    ['minimize', 'maximize'],
    [['cost', 'minimize'], ['odd']],
    ['cost', 'objective 1'],
  ],
  [
    ['minimize', 'maximize', 'minimize'],
    [
      ['a', 'minimize'],
      ['b', 'minimize'],
      ['c', 'maximize'],
    ],
    ['objective 0', 'c', 'objective 2'],
  ],
  [['minimize', 'maximize'], [['cost', 'minimize']], ['objective 0', 'objective 1']],
])('of %j and %j the names are %j', (directions, objectives, expected) => {
  expect(names(directions, objectives)).toEqual(expected);
  const own = directions.map((_, at) => `m${at}`);
  expect(names(directions, objectives, own)).toEqual(own);
});
