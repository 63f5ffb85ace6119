import { SessionError } from '../errors.ts';
import { summariseTrials } from './optuna.ts';
import type { TrialSummary } from './optuna.ts';
import type { StudyConfig } from './study-config.ts';
import { queryTrials } from './study-database.ts';
import { readConfig, readReadme, readReport } from './study-files.ts';
import { countFolders, selectStudy } from './study-folder.ts';
import type { FileHead, StudyFolder } from './study-folder.ts';

/** The state of a study. Any part may be missing. `notes` says which parts exist but could not be read. */
export interface StudyStatus {
  folder: StudyFolder;
  config: StudyConfig | null;
  readme: FileHead | null;
  report: FileHead | null;
  /** The number of folders in `2_iterations`; null when that does not exist. */
  iterations: number | null;
  /** The Optuna database of `trials`, relative to the study's folder. */
  database: string | null;
  trials: TrialSummary | null;
  notes: string[];
}

/** At most this many trials of a Pareto front are read completely. */
const MAX_FRONT = 20;

/** Reads a study. Throws STUDY_INVALID only when there is no study with this name. */
export async function readStudy(root: string, name: string): Promise<StudyStatus> {
  const folder = selectStudy(root, name);
  const notes: string[] = [];
  /** Turns a failure into a note, so that a broken file does not stop the agent. */
  async function attempt<T>(read: () => T | undefined | Promise<T | undefined>): Promise<T | null> {
    try {
      return (await read()) ?? null;
    } catch (error) {
      if (!(error instanceof SessionError)) throw error;
      notes.push(error.message);
      return null;
    }
  }
  const config = await attempt(() => readConfig(folder));
  const readme = await attempt(() => readReadme(folder));
  const report = await attempt(() => readReport(folder));
  const iterations = await attempt(() => countFolders(folder, '2_iterations'));
  const trials = await attempt(() =>
    queryTrials(folder, (db, study) => summariseTrials(db, study, MAX_FRONT, config?.constraints)),
  );
  return {
    folder,
    config,
    readme,
    report,
    iterations,
    database: trials?.path ?? null,
    trials: trials?.result ?? null,
    notes,
  };
}
