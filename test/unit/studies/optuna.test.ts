import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listTrials } from '../../../src/studies/optuna-list.ts';
import type { TrialQuery } from '../../../src/studies/optuna-list.ts';
import { selectOptunaStudy } from '../../../src/studies/optuna-study.ts';
import { decodeParam } from '../../../src/studies/optuna-trial.ts';
import { summariseTrials } from '../../../src/studies/optuna.ts';
import type { TrialSummary } from '../../../src/studies/optuna.ts';
import { readSnapshot } from '../../../src/store/sqlite/engine/snapshot.ts';
import { makeRoot, readExpected, STUDIES, writeDatabase } from '../../support/study-tree.ts';

const BRACKET = join(STUDIES, 'studies/bracket/3_results/study.db');
const WING = join(STUDIES, 'studies/wing/3_results/study.db');
const EDGE = join(STUDIES, 'edge.db');

function summarise(path: string, name: string, maxFront = 1000): Promise<TrialSummary> {
  return readSnapshot(path, (db) => summariseTrials(db, selectOptunaStudy(db, [name]), maxFront));
}

function list(path: string, query: Partial<TrialQuery>): Promise<{ numbers: number[]; total: number }> {
  return readSnapshot(path, (db) => {
    const { trials, total } = listTrials(db, selectOptunaStudy(db, []), { limit: 3, ...query });
    return { numbers: trials.map((trial) => trial.number), total };
  });
}

describe('a database Optuna wrote', () => {
  it('has the counts and the best trial that Optuna says, to the digit', async () => {
    const { bracket } = readExpected<{ bracket: Record<string, unknown> }>('expected.json');
    const { counts, best, study } = await summarise(BRACKET, 'bracket');
    expect(counts).toEqual(bracket['states']);
    expect(best.total).toBe(1);
    expect(best.trials[0]).toMatchObject({ number: bracket['best_trial'], values: [bracket['best_value']] });
    expect(best.trials[0]?.params).toEqual(bracket['best_params']);
    expect(best.trials[0]?.userAttributes).toEqual({ max_stress_mpa: 190.492, feasible: false });
    expect(study).toMatchObject({ directions: ['minimize'], libraryVersion: '3.1.0', isConstrained: false });
  });

  it('has the Pareto front that Optuna says', async () => {
    const { wing } = readExpected<{ wing: { trials: number; pareto: number[] } }>('expected.json');
    const { total, best } = await summarise(WING, 'wing');
    expect(total).toBe(wing.trials);
    expect(best.trials.map((trial) => trial.number)).toEqual(wing.pareto);
  });

  it('gives a few trials of a large front, the best in each objective among them, and its size', async () => {
    const { best } = await summarise(WING, 'wing', 5);
    const whole = (await summarise(WING, 'wing')).best.trials;
    expect(best.total).toBe(29);
    expect(best.trials).toHaveLength(5);
    const values = best.trials.map((trial) => trial.values);
    expect(Math.min(...values.map(([drag]) => drag!))).toBe(
      Math.min(...whole.map(({ values: [drag] }) => drag!)),
    );
    expect(Math.max(...values.map(([, lift]) => lift!))).toBe(
      Math.max(...whole.map(({ values: [, lift] }) => lift!)),
    );
  });

  type Edge = Record<string, { best: number[]; feasible_best?: number[] }>;

  it.each(['constrained-front', 'three', 'infinite'])('agrees on %s', async (name) => {
    const expected = readExpected<Edge>('edge.json')[name]!;
    const { best } = await summarise(EDGE, name);
    expect(best.trials.map((trial) => trial.number)).toEqual(expected.feasible_best ?? expected.best);
  });

  it('prefers a feasible trial, and names the one that is better by value alone', async () => {
    const { constrained } = readExpected<Edge>('edge.json');
    const { best, study } = await summarise(EDGE, 'constrained');
    expect(study.isConstrained).toBe(true);
    expect(best.trials.map((trial) => trial.number)).toEqual(constrained!.feasible_best);
    expect(best.infeasible?.number).toBe(constrained!.best[0]);
  });

  it('finds the best trial that keeps the constraints of the config', async () => {
    const limit = { name: 'max_stress_mpa', comparison: '<', threshold: 120, units: null } as const;
    const { best, all } = await readSnapshot(BRACKET, (db) => {
      const study = selectOptunaStudy(db, []);
      const sorted = listTrials(db, study, { limit: 100, state: 'COMPLETE', sort: 'value' }).trials;
      return { best: summariseTrials(db, study, 1, [limit]).best, all: sorted };
    });
    const first = all.find((trial) => (trial.userAttributes['max_stress_mpa'] as number) < 120);
    expect(first).toBeDefined();
    expect(best.trials[0]?.number).toBe(48);
    expect(best.keeping).toEqual(first);
  });

  it('keeps infinite values and every kind of choice', async () => {
    const { infinite } = readExpected<{ infinite: { odd: Record<string, unknown>; values: string[] } }>(
      'edge.json',
    );
    const trials = await readSnapshot(
      EDGE,
      (db) => listTrials(db, selectOptunaStudy(db, ['infinite']), { limit: 100 }).trials,
    );
    expect(trials.map((trial) => String(trial.values[0]).replace('Infinity', 'inf'))).toEqual(
      infinite.values,
    );
    expect(Object.fromEntries(trials.map((trial) => [trial.number, trial.params['odd']]))).toEqual(
      infinite.odd,
    );
  });

  it('says what is in an empty study', async () => {
    expect(await summarise(EDGE, 'empty')).toMatchObject({
      total: 0,
      counts: {},
      best: { trials: [], total: 0 },
    });
  });
});

describe('which study of a database', () => {
  it('is the first one named, else the only one', async () => {
    const names = (path: string, wanted: string[]) =>
      readSnapshot(path, (db) => selectOptunaStudy(db, wanted).name);
    expect(await names(EDGE, ['nosuch', 'three', 'empty'])).toBe('three');
    expect(await names(BRACKET, ['nosuch'])).toBe('bracket');
    await expect(names(EDGE, ['nosuch'])).rejects.toMatchObject({
      code: 'STUDY_INVALID',
      message: expect.stringContaining(
        '"constrained", "constrained-front", "three", "infinite", "empty"',
      ) as string,
    });
  });

  it('is refused where there is none, or no Optuna', async () => {
    const root = makeRoot();
    writeDatabase(join(root, 'other.db'), 'create table notes (text)');
    const reading = readSnapshot(join(root, 'other.db'), (db) => selectOptunaStudy(db, []));
    await expect(reading).rejects.toMatchObject({
      message: expect.stringContaining('no table studies') as string,
    });
  });
});

it('reads the schema from before Optuna 3, where values have no kinds', async () => {
  const path = join(makeRoot(), 'old.db');
  writeDatabase(
    path,
    `create table studies (study_id integer primary key, study_name text);
     create table study_directions (study_direction_id integer primary key, direction text, study_id int, objective int);
     create table trials (trial_id integer primary key, number int, study_id int, state text, datetime_start text, datetime_complete text);
     create table trial_values (trial_value_id integer primary key, trial_id int, objective int, value float);
     create table trial_params (param_id integer primary key, trial_id int, param_name text, param_value float, distribution_json text);
     create table trial_user_attributes (trial_user_attribute_id integer primary key, trial_id int, key text, value_json text);
     insert into studies values (1, 'old'); insert into study_directions values (1, 'MAXIMIZE', 1, 0);
     insert into trials values (1, 0, 1, 'COMPLETE', null, null), (2, 1, 1, 'COMPLETE', null, null), (3, 2, 1, 'COMPLETE', null, null), (4, 3, 1, 'COMPLETE', null, null);
     insert into trial_values values (1, 1, 0, 1.5), (2, 2, 0, 2.5), (3, 3, 0, 2.5), (4, 4, 0, null);
     insert into trial_params values (1, 2, 'x', 3, '{"name": "IntUniformDistribution", "attributes": {"low": 1, "high": 3, "step": 1}}');`,
  );
  const { best, total, study } = await summarise(path, 'old');
  expect(total).toBe(4);
  expect(study.libraryVersion).toBeNull();
  expect(best.trials).toMatchObject([{ number: 1, values: [2.5], params: { x: 3 } }]);
});

describe('listing trials', () => {
  it('filters, sorts, pages and counts', async () => {
    expect(await list(BRACKET, {})).toEqual({ numbers: [0, 1, 2], total: 61 });
    expect(await list(BRACKET, { offset: 59 })).toEqual({ numbers: [59, 60], total: 61 });
    expect(await list(BRACKET, { state: 'FAIL', descending: true })).toEqual({
      numbers: [56, 39, 22],
      total: 4,
    });
    expect(await list(BRACKET, { sort: 'value', limit: 1 })).toEqual({ numbers: [48], total: 61 });
  });

  it('sorts by a parameter and by the second objective, what lacks them last', async () => {
    const thickness = await readSnapshot(BRACKET, (db) =>
      listTrials(db, selectOptunaStudy(db, []), { limit: 100, sort: 'thickness' }).trials.map(
        ({ params }) => params['thickness'],
      ),
    );
    expect(thickness.at(-1)).toBeUndefined();
    expect(thickness.slice(0, -1)).toEqual((thickness.slice(0, -1) as number[]).toSorted((a, b) => a - b));
    const lift = await readSnapshot(WING, (db) =>
      listTrials(db, selectOptunaStudy(db, []), { limit: 100, sort: 'value:1', descending: true }).trials.map(
        ({ values }) => values[1]!,
      ),
    );
    expect(lift).toEqual(lift.toSorted((a, b) => b - a));
  });

  it('refuses a parameter or an objective that is not there', async () => {
    await expect(list(BRACKET, { sort: "x' or 1" })).rejects.toMatchObject({ code: 'STUDY_INVALID' });
    await expect(list(BRACKET, { sort: 'value:1' })).rejects.toMatchObject({ code: 'STUDY_INVALID' });
  });
});

it.each([
  [1, '{"name": "CategoricalDistribution", "attributes": {"choices": ["a", NaN, Infinity]}}', null],
  [2, '{"name": "CategoricalDistribution", "attributes": {"choices": ["NaN", NaN, -Infinity]}}', -Infinity],
  [9, '{"name": "CategoricalDistribution", "attributes": {"choices": ["a"]}}', null],
  [3, '{"name": "IntDistribution", "attributes": {"low": 0, "high": 6}}', 3],
])('decodes parameter %s of %s', (value, distribution, expected) => {
  expect(decodeParam(value, distribution)).toBe(expected);
});
