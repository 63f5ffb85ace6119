import { describe, expect, it } from 'vitest';
import { parsePythonJson } from '../../../src/studies/python-json.ts';
import { parseStudyConfig } from '../../../src/studies/study-config.ts';
import type { Constraint, DesignVariable, Objective } from '../../../src/studies/study-config.ts';

const variable = (fields: Partial<DesignVariable>): DesignVariable => ({
  name: 'x',
  low: null,
  high: null,
  type: null,
  choices: [],
  units: null,
  ...fields,
});
const constraint = (fields: Partial<Constraint>): Constraint => ({
  name: 'stress',
  comparison: null,
  threshold: null,
  units: null,
  ...fields,
});

describe('design variables', () => {
  it.each<[unknown, DesignVariable]>([
    [{ name: 'x', bounds: [1, 6], units: 'mm' }, variable({ low: 1, high: 6, units: 'mm' })],
    [{ parameter: 'x', min: 0, max: '2.5' }, variable({ low: 0, high: 2.5 })],
    [
      { name: 'x', bounds: { lower: -1, upper: 1 }, unit: 'deg' },
      variable({ low: -1, high: 1, units: 'deg' }),
    ],
    [{ variable: 'x', lower_bound: 3 }, variable({ low: 3 })],
    [
      { name: 'x', type: 'categorical', choices: ['a', 2] },
      variable({ type: 'categorical', choices: ['a', '2'] }),
    ],
    ['x', variable({})],
  ])('reads %j', (item, expected) => {
    expect(parseStudyConfig({ design_variables: [item] })?.variables).toEqual([expected]);
  });

  it('reads a record by name, in long and in short form', () => {
    const config = parseStudyConfig({ variables: { x: [0, 1], y: { min: 2 }, z: ['a', 'b', 'c'] } });
    expect(config?.variables).toEqual([
      variable({ low: 0, high: 1 }),
      variable({ name: 'y', low: 2 }),
      variable({ name: 'z', choices: ['a', 'b', 'c'] }),
    ]);
  });

  it('leaves out what has no name, or is no variable at all', () => {
    expect(parseStudyConfig({ parameters: [{ bounds: [0, 1] }, 7, null, [1]] })?.variables).toEqual([]);
  });
});

describe('objectives', () => {
  it.each<[unknown, Partial<Objective>]>([
    [{ name: 'mass', goal: 'minimize' }, { direction: 'minimize' }],
    [{ name: 'mass', direction: 'MAX' }, { direction: 'maximize' }],
    [
      { name: 'mass', type: 'maximise', units: 'kg' },
      { direction: 'maximize', units: 'kg' },
    ],
    [
      { name: 'mass', goal: 'constructor', target: 3 },
      { direction: null, target: 3 },
    ],
  ])('reads %j', (item, expected) => {
    expect(parseStudyConfig({ objectives: [item] })?.objectives).toMatchObject([
      { name: 'mass', ...expected },
    ]);
    expect(parseStudyConfig({ objective: item })?.objectives).toMatchObject([expected]);
  });

  it('reads a record by name', () => {
    expect(parseStudyConfig({ objectives: { mass: 'minimize' } })?.objectives).toMatchObject([
      { name: 'mass', direction: 'minimize' },
    ]);
  });
});

describe('constraints', () => {
  it.each<[unknown, Constraint[]]>([
    [
      { name: 'stress', type: 'less_than', threshold: 120 },
      [constraint({ comparison: '<', threshold: 120 })],
    ],
    [
      { name: 'stress', operator: '>=', value: 2, unit: 'MPa' },
      [constraint({ comparison: '>=', threshold: 2, units: 'MPa' })],
    ],
    [{ name: 'stress', type: 'max', limit: '9' }, [constraint({ comparison: '<=', threshold: 9 })]],
    [{ name: 'stress', max: 5 }, [constraint({ comparison: '<=', threshold: 5 })]],
    [
      { name: 'stress', min: 1, max: 5 },
      [constraint({ comparison: '>=', threshold: 1 }), constraint({ comparison: '<=', threshold: 5 })],
    ],
    [{ name: 'stress' }, [constraint({})]],
  ])('reads %j', (item, expected) => {
    expect(parseStudyConfig({ constraints: [item] })?.constraints).toEqual(expected);
  });
});

it.each([null, 7, 'text', [1]])('says so when the document is %j', (document) => {
  expect(parseStudyConfig(document)).toBeUndefined();
});

it('reads the JSON that Python writes', () => {
  expect(parsePythonJson('{"a": [NaN, -Infinity, "NaN \\" Infinity"], "b": Infinity}')).toEqual({
    a: [null, -Infinity, 'NaN " Infinity'],
    b: Infinity,
  });
  expect(() => parsePythonJson('{"a": NaNa}')).toThrow(SyntaxError);
});
