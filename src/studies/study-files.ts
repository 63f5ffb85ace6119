import { SessionError } from '../errors.ts';
import { parsePythonJson } from './python-json.ts';
import { parseStudyConfig } from './study-config.ts';
import type { StudyConfig } from './study-config.ts';
import { findFile, readHead } from './study-folder.ts';
import type { FileHead, StudyFolder } from './study-folder.ts';

/**
 * Finds the files of a study, each at the first of its possible paths. Errors are STUDY_INVALID with the name of the
 * file.
 */

const CONFIG_PATHS = ['1_setup/optimization_config.json', 'optimization_config.json'];
const DATABASE_PATHS = ['3_results/study.db', '2_results/study.db', 'study.db'];
const REPORT_PATHS = ['STUDY_REPORT.md', '3_results/STUDY_REPORT.md', '2_results/STUDY_REPORT.md'];

const MAX_CONFIG_BYTES = 4 * 1024 * 1024;
const HEAD_BYTES = 8 * 1024;

export function readReadme(folder: StudyFolder): FileHead | undefined {
  return readHead(folder, 'README.md', HEAD_BYTES);
}

export function readReport(folder: StudyFolder): FileHead | undefined {
  return firstFound(REPORT_PATHS, (path) => readHead(folder, path, HEAD_BYTES));
}

export function readConfig(folder: StudyFolder): StudyConfig | undefined {
  const file = firstFound(CONFIG_PATHS, (path) => readHead(folder, path, MAX_CONFIG_BYTES));
  if (file === undefined) return undefined;
  if (file.isCut)
    throw new SessionError('STUDY_INVALID', `${file.path} is larger than 4 MB and was not read.`);
  const config = parseStudyConfig(parseConfigFile(file));
  if (config === undefined) throw new SessionError('STUDY_INVALID', `${file.path} is not a JSON object.`);
  return config;
}

/** Like `readConfig`, but undefined also for a config that is invalid. */
export function readConfigIfSound(folder: StudyFolder): StudyConfig | undefined {
  try {
    return readConfig(folder);
  } catch {
    return undefined;
  }
}

export interface DatabaseFile {
  /** Below the study's folder. */
  path: string;
  /** Absolute, with symbolic links resolved. */
  target: string;
}

export function findDatabase(folder: StudyFolder): DatabaseFile | undefined {
  return firstFound(DATABASE_PATHS, (path) => {
    const target = findFile(folder, path);
    return target === undefined ? undefined : { path, target };
  });
}

function parseConfigFile(file: FileHead): unknown {
  try {
    return parsePythonJson(file.text);
  } catch (error) {
    throw new SessionError('STUDY_INVALID', `${file.path} is not valid JSON (${(error as Error).message}).`, {
      cause: error,
    });
  }
}

function firstFound<T>(paths: string[], read: (path: string) => T | undefined): T | undefined {
  for (const path of paths) {
    const found = read(path);
    if (found !== undefined) return found;
  }
  return undefined;
}
