import { SessionError } from '../errors.ts';
import { summariseTrials } from './optuna.ts';
import type { TrialSummary } from './optuna.ts';
import type { StudyConfig } from './study-config.ts';
import { queryTrials } from './study-database.ts';
import { readConfig, readReadme, readReport } from './study-files.ts';
import { countFolders, selectStudy } from './study-folder.ts';
import type { FileHead, StudyFolder } from './study-folder.ts';

/** What is known of a study. Any part may be missing; what is there and could not be read is said in `notes`. */
export interface StudyStatus {
  folder: StudyFolder;
  config: StudyConfig | null;
  readme: FileHead | null;
  report: FileHead | null;
  /** Folders in `2_iterations`; null without one. */
  iterations: number | null;
  /** The Optuna database below the study's folder that `trials` is from. */
  database: string | null;
  trials: TrialSummary | null;
  notes: string[];
}

/** Trials of a Pareto front that are read whole; its size is known beyond that. */
const MAX_FRONT = 20;

/** Reads a study. Throws STUDY_INVALID only when there is none of this name. */
export async function readStudy(root: string, name: string): Promise<StudyStatus> {
  const folder = selectStudy(root, name);
  const notes: string[] = [];
  /** A part that fails is a note, for a broken file must not keep the agent from its work. */
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
