import { SessionError } from '../errors.ts';
import { selectOptunaStudy } from './optuna-study.ts';
import type { Database, OptunaStudy } from './optuna-study.ts';
import { findDatabase, readConfigIfSound } from './study-files.ts';
import type { StudyFolder } from './study-folder.ts';

/** The tables that the queries use. Optuna creates them as ordinary tables. */
const OPTUNA_TABLES = [
  'studies',
  'study_directions',
  'study_user_attributes',
  'study_system_attributes',
  'version_info',
  'trials',
  'trial_params',
  'trial_values',
  'trial_user_attributes',
  'trial_system_attributes',
];

/**
 * Queries the Optuna database of a study, while Optuna may be writing to it. Undefined when there is no database.
 *
 * It takes the Optuna study that the config names, else the one named like the folder, else the only one. `query` may
 * run more than once, until it has read one consistent state. Throws STUDY_INVALID with the name of the file.
 */
export async function queryTrials<T>(
  folder: StudyFolder,
  query: (db: Database, study: OptunaStudy) => T,
): Promise<{ path: string; result: T } | undefined> {
  const file = findDatabase(folder);
  if (file === undefined) return undefined;
  const config = readConfigIfSound(folder);
  const names = [config?.studyName, folder.name].filter((name) => typeof name === 'string');
  const { readForeign } = await import('../store/sqlite/engine/foreign.ts');
  try {
    const result = await readForeign(file.target, (db) => query(db, selectOptunaStudy(db, names)), {
      tables: OPTUNA_TABLES,
    });
    return { path: file.path, result };
  } catch (error) {
    const reason =
      error instanceof SessionError ? [error.message, error.hint].filter(Boolean).join(' ') : String(error);
    throw new SessionError('STUDY_INVALID', `${file.path}: ${reason}`, { cause: error });
  }
}
