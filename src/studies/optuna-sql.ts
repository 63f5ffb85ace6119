import type { OptunaStudy } from './optuna-study.ts';
import type { Constraint } from './study-config.ts';

/** The value of a `trial_values` row as a number, infinities included. */
export function valueSql(study: OptunaStudy, alias: string): string {
  if (!study.hasValueTypes) return `${alias}.value`;
  return `case ${alias}.value_type when 'INF_POS' then 9e999 when 'INF_NEG' then -9e999 else ${alias}.value end`;
}

/**
 * SQL: whether attribute `a` of trial `t` records constraints: a list, or from Optuna 5.0 a single one by its name.
 *
 * A null list means that the `constraints_func` failed. It does not count as a record.
 */
export const RECORD_SQL = `a.trial_id = t.trial_id and
  (a.key glob 'constraints:*' or (a.key = 'constraints' and a.value_json is not 'null'))`;

/**
 * SQL: whether a constraint is above 0 or can't be read. As in Optuna, a constraint by name replaces the one at that
 * position in the list.
 */
const VIOLATED_SQL = `exists (
  select 1 from trial_system_attributes a,
    json_each(case when json_valid(a.value_json, 2) then a.value_json else '1' end) c
  where ${RECORD_SQL} and coalesce(c.value, 1) > 0 and not exists (
    select 1 from trial_system_attributes b
    where a.key = 'constraints' and b.trial_id = t.trial_id and b.key = 'constraints:' || c.key))`;

/**
 * SQL: whether trial `t` meets its constraints as Optuna records them: all at most 0.
 *
 * A trial without recorded constraints is feasible from Optuna 5.0 on, and infeasible before.
 */
export function feasibleSql({ isFeasibleUnrecorded }: OptunaStudy): string {
  if (isFeasibleUnrecorded) return `not ${VIOLATED_SQL}`;
  return `(exists (select 1 from trial_system_attributes a where ${RECORD_SQL}) and not ${VIOLATED_SQL})`;
}

/**
 * SQL: whether trial `t` recorded a number of the constraint's name that meets it. Empty for a constraint without a
 * limit.
 */
export function keepsSql({
  name,
  comparison,
  threshold,
}: Constraint): { sql: string; params: [string, number] }[] {
  if (comparison === null || threshold === null) return [];
  const sql = `exists (
    select 1 from trial_user_attributes u
    where u.trial_id = t.trial_id and u.key = ? and u.value_json glob '[-0-9]*' and cast(u.value_json as real) ${comparison} ?)`;
  return [{ sql, params: [name, Number(threshold)] }];
}
