import { SessionError } from '../errors.ts';
import { RECORD_SQL } from './optuna-sql.ts';
import { parsePythonJson } from './python-json.ts';
import type { Direction } from './study-config.ts';

/** The function of the SQLite engine that queries need: it returns all rows of one statement. */
export interface Database {
  all(sql: string, params?: (string | number | null)[]): Record<string, unknown>[];
}

/** A study in an Optuna database, with the facts that queries depend on. */
export interface OptunaStudy {
  id: number;
  name: string;
  /** The names of a few other studies in the same database. */
  others: string[];
  directions: (Direction | null)[];
  /** The version of Optuna that created the database, if recorded. */
  libraryVersion: string | null;
  /** Whether values have a type column, which stores infinities. Optuna before 3.0 can't store infinities. */
  hasValueTypes: boolean;
  /** The names of the objectives, if set in Optuna. */
  metricNames: string[] | null;
  /** Whether a trial has recorded constraints. */
  isConstrained: boolean;
  /** Whether a trial without recorded constraints is feasible. */
  isFeasibleUnrecorded: boolean;
}

const MAX_STUDIES = 1000;
const MAX_OTHERS = 10;

/**
 * Finds the study in an Optuna database: the first of `names` that exists, else the only one.
 *
 * Throws STUDY_INVALID when it is not an Optuna database, is empty, or has several studies and none of these names.
 */
export function selectOptunaStudy(db: Database, names: string[]): OptunaStudy {
  requireTables(db, ['studies', 'study_directions', 'trials', 'trial_values', 'trial_params']);
  const rows = db.all('select study_id as id, study_name as name from studies order by study_id limit ?', [
    MAX_STUDIES,
  ]);
  const studies = rows.map((row) => ({ id: Number(row['id']), name: String(row['name']) }));
  const named = names
    .map((name) => studies.find((study) => study.name === name))
    .find((study) => study !== undefined);
  const study = named ?? (studies.length === 1 ? studies[0] : undefined);
  if (study === undefined) {
    const list = studies.slice(0, MAX_OTHERS).map((other) => JSON.stringify(other.name));
    const which =
      list.length === 0
        ? 'It holds no study yet.'
        : `It holds several studies, none named like this one: ${list.join(', ')}.`;
    throw new SessionError('STUDY_INVALID', which);
  }
  const directions = readDirections(db, study.id);
  const libraryVersion = readLibraryVersion(db);
  return {
    ...study,
    others: studies.flatMap((other) => (other.id === study.id ? [] : [other.name])).slice(0, MAX_OTHERS),
    directions,
    libraryVersion,
    hasValueTypes: columnsOf(db, 'trial_values').includes('value_type'),
    metricNames: readMetricNames(db, study.id, directions.length),
    isConstrained: isConstrained(db, study.id),
    isFeasibleUnrecorded: Number.parseInt(libraryVersion ?? '', 10) >= 5,
  };
}

function readDirections(db: Database, studyId: number): (Direction | null)[] {
  const rows = db.all('select direction from study_directions where study_id = ? order by objective', [
    studyId,
  ]);
  return rows.map(({ direction }) => {
    if (direction === 'MINIMIZE') return 'minimize';
    return direction === 'MAXIMIZE' ? 'maximize' : null;
  });
}

function readLibraryVersion(db: Database): string | null {
  if (columnsOf(db, 'version_info').length === 0) return null;
  const version = db.all('select library_version as version from version_info limit 1')[0]?.['version'];
  return typeof version === 'string' ? version : null;
}

function readMetricNames(db: Database, studyId: number, count: number): string[] | null {
  if (columnsOf(db, 'study_system_attributes').length === 0) return null;
  const [row] = db.all(
    "select value_json as json from study_system_attributes where study_id = ? and key = 'study:metric_names'",
    [studyId],
  );
  const names = row === undefined ? null : parseOrNull(String(row['json']));
  return Array.isArray(names) && names.length === count && names.every((name) => typeof name === 'string')
    ? names
    : null;
}

function parseOrNull(json: string): unknown {
  try {
    return parsePythonJson(json);
  } catch {
    return null;
  }
}

function isConstrained(db: Database, studyId: number): boolean {
  if (columnsOf(db, 'trial_system_attributes').length === 0) return false;
  const rows = db.all(
    `select 1 from trials t join trial_system_attributes a on ${RECORD_SQL}
     where t.study_id = ? limit 1`,
    [studyId],
  );
  return rows.length > 0;
}

function requireTables(db: Database, tables: string[]): void {
  const missing = tables.find((table) => columnsOf(db, table).length === 0);
  if (missing === undefined) return;
  throw new SessionError(
    'STUDY_INVALID',
    `It is not a database of Optuna 2.4 or newer: it has no table ${missing}.`,
  );
}

function columnsOf(db: Database, table: string): string[] {
  return db.all('select name from pragma_table_info(?)', [table]).map((column) => String(column['name']));
}
