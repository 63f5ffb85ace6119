import { join } from 'node:path';
import { expect, it } from 'vitest';
import { listTrials } from '../../../src/studies/optuna-list.ts';
import { selectOptunaStudy } from '../../../src/studies/optuna-study.ts';
import { summariseTrials } from '../../../src/studies/optuna.ts';
import { readForeign } from '../../../src/store/sqlite/engine/foreign.ts';
import { makeRoot, writeDatabase } from '../../support/study-tree.ts';

const COUNT = 200_000;

/** Two objectives whose sum is the same everywhere, so that all trials are on the front; every other one is infeasible. */
const SQL = `
  create table studies (study_id integer primary key, study_name text);
  create table version_info (version_info_id integer primary key, schema_version int, library_version text);
  create table study_directions (study_direction_id integer primary key, direction text, study_id int, objective int);
  create table trials (trial_id integer primary key, number int, study_id int, state text, datetime_start text, datetime_complete text);
  create table trial_values (trial_value_id integer primary key, trial_id int, objective int, value float, value_type text, unique (trial_id, objective));
  create table trial_params (param_id integer primary key, trial_id int, param_name text, param_value float, distribution_json text, unique (trial_id, param_name));
  create table trial_user_attributes (trial_user_attribute_id integer primary key, trial_id int, key text, value_json text, unique (trial_id, key));
  create table trial_system_attributes (trial_system_attribute_id integer primary key, trial_id int, key text, value_json text, unique (trial_id, key));
  insert into studies values (1, 'many'); insert into version_info values (1, 12, '5.0.0');
  insert into study_directions values (1, 'MINIMIZE', 1, 0), (2, 'MINIMIZE', 1, 1);
  create temp table n as with recursive n(i) as (select 0 union all select i + 1 from n where i < ${COUNT - 1}) select i from n;
  insert into trials select i, i, 1, 'COMPLETE', null, null from n;
  insert into trial_values (trial_id, objective, value, value_type) select i, 0, (i * 7919) % ${COUNT}, 'FINITE' from n;
  insert into trial_values (trial_id, objective, value, value_type) select i, 1, ${COUNT} - (i * 7919) % ${COUNT}, 'FINITE' from n;
  insert into trial_system_attributes (trial_id, key, value_json) select i, 'constraints:c', i % 2 from n;`;

it('reads 200,000 trials in bounded time and memory', async () => {
  const path = join(makeRoot(), 'study.db');
  writeDatabase(path, SQL);
  const before = process.memoryUsage().rss;
  const { total, best } = await readForeign(
    path,
    (db) => summariseTrials(db, selectOptunaStudy(db, []), 20),
    { tables: [] },
  );
  expect(total).toBe(COUNT);
  expect(best.total).toBe(COUNT / 2);
  expect(best.trials).toHaveLength(20);
  const page = await readForeign(
    path,
    (db) => listTrials(db, selectOptunaStudy(db, []), { sort: 'value', limit: 2, offset: COUNT - 2 }),
    { tables: [] },
  );
  expect(page.trials.map(({ values }) => values[0])).toEqual([COUNT - 2, COUNT - 1]);
  expect(process.memoryUsage().rss - before).toBeLessThan(300 * 2 ** 20);
});
