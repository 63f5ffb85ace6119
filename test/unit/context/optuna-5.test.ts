import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { selectOptunaStudy } from '../../../src/studies/optuna-study.ts';
import { summariseTrials } from '../../../src/studies/optuna.ts';
import type { TrialSummary } from '../../../src/studies/optuna.ts';
import type { Comparison, Constraint } from '../../../src/studies/study-config.ts';
import { renderStudy } from '../../../src/studies/study-render.ts';
import { readStudy } from '../../../src/studies/study.ts';
import { readForeign } from '../../../src/store/sqlite/engine/foreign.ts';
import { makeRoot, readExpected, STUDIES, writeDatabase } from '../../support/study-tree.ts';

const OPTUNA_5 = join(STUDIES, 'optuna-5');
const expected =
  readExpected<Record<string, Record<string, { best: number[]; names: string[] | null }>>>(
    'optuna-5/expected.json',
  );

function summarise(path: string, name: string, constraints: Constraint[] = []): Promise<TrialSummary> {
  return readForeign(path, (db) => summariseTrials(db, selectOptunaStudy(db, [name]), 1000, constraints), {
    tables: [],
  });
}

async function render(name: string): Promise<string> {
  const root = makeRoot();
  cpSync(join(OPTUNA_5, 'studies'), join(root, 'studies'), { recursive: true });
  return renderStudy(await readStudy(root, name));
}

describe('a database that Optuna 5 wrote', () => {
  const cases = Object.entries(expected).flatMap(([path, studies]) =>
    Object.entries(studies).map(([name, says]) => [path, name, says] as const),
  );

  it.each(cases)('%s: the best of %s is what Optuna says', async (path, name, says) => {
    const { study, best } = await summarise(join(OPTUNA_5, path), name);
    expect(best.trials.map((trial) => trial.number)).toEqual(says.best);
    expect(study.metricNames).toEqual(says.names);
    expect(study.libraryVersion).toBe('5.0.0');
  });

  it('says which trial is better by value alone', async () => {
    expect(await render('named')).toMatch(
      /Best feasible trial:\n- trial 1: `objective 0` = 5;.*\n\nBetter by value alone, but it violates .*:\n- trial 0: `objective 0` = -10;/,
    );
  });

  it('names the objectives, whatever the order in the config', async () => {
    const text = await render('names');
    expect(text).toContain('minimize `mass`, minimize `cost`');
    expect(text).toContain('- trial 0: `mass` = 1, `cost` = 2; parameters: `x` = 1, `c` = none, `b` = true');
  });

  it('holds attributes of every kind', async () => {
    const text = await render('attrs');
    expect(text).toContain('recorded: `nan` = none, `inf` = inf, `text` = `a b`, `long` = `"yyy');
    expect(text).toContain('`uni` = `naïve ✓`, `list` = `[1,2]`, `big` = 1152921504606846976, `neg` = -0');
  });
});

/** One objective to maximise, and trials by their value, the JSON of their list of constraints, and of one by name. */
type Row = [value: number, list: string | null, named: string | null];

/** What is best in each of several studies of one database. */
async function bestOf(
  version: string | null,
  studies: Row[][],
): Promise<{ best: number[]; infeasible?: number }[]> {
  const path = join(makeRoot(), 'study.db');
  const rows = studies.flatMap((trials, study) =>
    trials.map((row, number) => ({ row, number, study, id: study * 100 + number })),
  );
  const attributes = rows.flatMap(({ row: [, list, named], id }) => [
    ...(list === null ? [] : [`(${id}, 'constraints', ${list})`]),
    ...(named === null ? [] : [`(${id}, 'constraints:c', ${named})`]),
  ]);
  writeDatabase(
    path,
    `${SCHEMA}
    ${version === null ? '' : `insert into version_info values (1, 12, '${version}');`}
    ${studies.map((_, at) => `insert into studies values (${at}, 's${at}'); insert into study_directions values (${at}, 'MAXIMIZE', ${at}, 0);`).join('')}
    ${rows
      .map(
        ({ row: [value], number, study, id }) => `
        insert into trials values (${id}, ${number}, ${study}, 'COMPLETE', null, null);
        insert into trial_values values (${id}, ${id}, 0, ${value}, 'FINITE');`,
      )
      .join('')}
    ${attributes.map((row) => `insert into trial_system_attributes (trial_id, key, value_json) values ${row};`).join('')}`,
  );
  return await Promise.all(
    studies.map(async (_, at) => {
      const { best } = await summarise(path, `s${at}`);
      const numbers = best.trials.map((trial) => trial.number);
      return best.infeasible === null
        ? { best: numbers }
        : { best: numbers, infeasible: best.infeasible.number };
    }),
  );
}

const SCHEMA = `
  create table studies (study_id integer primary key, study_name text);
  create table version_info (version_info_id integer primary key, schema_version int, library_version text);
  create table study_directions (study_direction_id integer primary key, direction text, study_id int, objective int);
  create table trials (trial_id integer primary key, number int, study_id int, state text, datetime_start text, datetime_complete text);
  create table trial_values (trial_value_id integer primary key, trial_id int, objective int, value float, value_type text);
  create table trial_params (param_id integer primary key, trial_id int, param_name text, param_value float, distribution_json text);
  create table trial_user_attributes (trial_user_attribute_id integer primary key, trial_id int, key text, value_json text);
  create table trial_system_attributes (trial_system_attribute_id integer primary key, trial_id int, key text, value_json text);`;

describe('trials without a record of constraints', () => {
  const rows: Row[] = [
    [1, "'[-1]'", null],
    [3, null, null],
    [2, "'[1]'", null],
  ];

  it.each([
    ['5.0.0', { best: [1] }],
    ['5.1.0.dev', { best: [1] }],
    ['10.2.0', { best: [1] }],
    ['4.9.0', { best: [0], infeasible: 1 }],
    ['3.6.1', { best: [0], infeasible: 1 }],
    [null, { best: [0], infeasible: 1 }],
  ])('count as Optuna %s counts them', async (version, outcome) => {
    expect(await bestOf(version, [rows])).toEqual([outcome]);
  });

  it('are those whose list is null, too, and do not make a study constrained', async () => {
    const studies: Row[][] = [
      [
        [1, "'[-1]'", null],
        [3, "'null'", null],
      ],
      [
        [1, null, null],
        [3, "'null'", null],
      ],
    ];
    expect(await bestOf('5.0.0', studies)).toEqual([{ best: [1] }, { best: [1] }]);
    expect(await bestOf('4.0.0', studies)).toEqual([{ best: [0], infeasible: 1 }, { best: [1] }]);
  });
});

it.each(['4.0.0', '5.0.0'])(
  'a constraint is kept at 0 and below, and only where it can be read (%s)',
  async (version) => {
    const kept = ["'0'", "'0.0'", "'-0.0'", "'-Infinity'"];
    const broken = ["'1e-300'", "'Infinity'", "'NaN'", "'null'", '\'"text"\'', "'{'", 'null'];
    const studies = [...kept, ...broken].flatMap((json): Row[][] => [
      [
        [1, null, "'-1'"],
        [2, null, json],
      ],
      [
        [1, "'[-1]'", null],
        [2, json.replace(/^'(.*)'$/, "'[$1]'"), null],
      ],
    ]);
    expect(await bestOf(version, studies)).toEqual([
      ...kept.flatMap(() => [{ best: [1] }, { best: [1] }]),
      ...broken.flatMap(() => [
        { best: [0], infeasible: 1 },
        { best: [0], infeasible: 1 },
      ]),
    ]);
  },
);

describe('the best trial that keeps the constraints of the config', () => {
  async function keeping(comparison: Comparison, threshold: number | bigint): Promise<number | undefined> {
    const path = join(makeRoot(), 'study.db');
    const rows: [value: number, stress: string, feasible: number][] = [
      [9, '8', -1],
      [8, '5', 1],
      [7, 'null', -1],
      [6, '5', 0],
      [5, '4', -1],
      [4, '1152921504606846977', -1],
    ];
    writeDatabase(
      path,
      `${SCHEMA}
      insert into studies values (1, 's'); insert into study_directions values (1, 'MAXIMIZE', 1, 0);
      insert into version_info values (1, 12, '5.0.0');
      ${rows
        .map(
          (
            [value, stress, violation],
            at,
          ) => `insert into trials values (${at}, ${at}, 1, 'COMPLETE', null, null);
        insert into trial_values values (${at}, ${at}, 0, ${value}, 'FINITE');
        insert into trial_user_attributes values (${at}, ${at}, 'stress', '${stress}');
        insert into trial_system_attributes values (${at}, ${at}, 'constraints:c', '${violation}');`,
        )
        .join('')}`,
    );
    const { best } = await summarise(path, 's', [{ name: 'stress', comparison, threshold, units: null }]);
    return best.keeping?.number;
  }

  it.each<[Comparison, number | bigint, number | undefined]>([
    ['<=', 5, 3],
    ['<', 5, 4],
    ['=', 5, 3],
    ['>', 8, 5],
    ['>=', 1152921504606846977n, 5],
    ['>=', 8, undefined],
    ['<', 0, undefined],
  ])('stress %s %s', async (comparison, threshold, number) => {
    expect(await keeping(comparison, threshold)).toBe(number);
  });
});
