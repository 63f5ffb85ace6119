import type { OptunaStudy } from './optuna-study.ts';
import type { Constraint } from './study-config.ts';

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

/** Whether trial `t` recorded a number of the constraint's name that keeps it. Nothing for a constraint without a limit. */
export function keepsSql({
  name,
  comparison,
  threshold,
}: Constraint): { sql: string; params: [string, number] }[] {
  if (comparison === null || threshold === null) return [];
  const sql = `exists (
    select 1 from trial_user_attributes u
    where u.trial_id = t.trial_id and u.key = ? and u.value_json glob '[-0-9]*' and cast(u.value_json as real) ${comparison} ?)`;
  return [{ sql, params: [name, threshold] }];
}
