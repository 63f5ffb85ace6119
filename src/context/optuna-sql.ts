import type { OptunaStudy } from './optuna-study.ts';

/** The value of a `trial_values` row as a number, infinities included. */
export function valueSql(study: OptunaStudy, alias: string): string {
  if (!study.hasValueTypes) return `${alias}.value`;
  return `case ${alias}.value_type when 'INF_POS' then 9e999 when 'INF_NEG' then -9e999 else ${alias}.value end`;
}

/**
 * Whether trial `t` meets its constraints as Optuna records them: all at most 0.
 *
 * A trial without a record of them is not feasible, as in Optuna; nor is one whose record can't be read.
 */
export const FEASIBLE_SQL = `exists (
  select 1 from trial_system_attributes a
  where a.trial_id = t.trial_id and a.key = 'constraints' and not exists (
    select 1 from json_each(case when json_valid(a.value_json, 2) then a.value_json else '[1]' end) c
    where coalesce(c.value, 1) > 0))`;
