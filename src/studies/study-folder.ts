import { readdirSync, realpathSync, statSync } from 'node:fs';
import { isAbsolute, join, relative, sep } from 'node:path';
import { SessionError, systemCode } from '../errors.ts';
import { decodeText, FileRefused, readStart } from '../system/read-bounded.ts';
import type { Head } from '../text/file-head.ts';
import { renderLine } from '../text/markdown.ts';

/**
 * A study's folder, `<root>/studies/<name>/`.
 *
 * It comes with a checkout that may be hostile. So a name is one path segment, and neither the folder, nor a study, nor
 * a file may be a symbolic link that leads out of `studies/`.
 */
export interface StudyFolder {
  name: string;
  /** Absolute, with symbolic links resolved. */
  path: string;
  /** `<root>/studies`, absolute and resolved too. */
  home: string;
}

export interface FileHead extends Head {
  /** Below the study's folder, with forward slashes. */
  path: string;
}

const MAX_CANDIDATES = 20;

/** The names of the studies under this root, sorted; none when there is no `studies` folder. */
export function findStudies(root: string): string[] {
  const home = findHome(root);
  if (home === undefined) return [];
  return readdirSync(home)
    .filter((name) => isStudyName(name) && findFolder(home, name) !== undefined)
    .toSorted();
}

/** The study with this name. Throws STUDY_INVALID, whose hint lists the existing studies. */
export function selectStudy(root: string, name: string): StudyFolder {
  if (!isStudyName(name)) {
    throw studyInvalid(
      root,
      `${JSON.stringify(name)} is not a study name: give the name of one folder below studies/.`,
    );
  }
  const home = findHome(root);
  const folder = home === undefined ? undefined : findFolder(home, name);
  if (folder === undefined)
    throw studyInvalid(root, `There is no study ${JSON.stringify(name)} below ${join(root, 'studies')}.`);
  return folder;
}

/**
 * The real path of a regular file of the study; undefined when there is none.
 *
 * Throws STUDY_INVALID when a symbolic link leads out of `studies/`, or when it is not a regular file.
 */
export function findFile(folder: StudyFolder, path: string): string | undefined {
  const target = resolveInside(folder, path);
  if (target !== undefined) start(target, path, 0);
  return target;
}

/**
 * The first bytes of a regular file of the study, as text; undefined when there is none. Throws like `findFile`, and
 * when the file is not UTF-8 text.
 */
export function readHead(folder: StudyFolder, path: string, maxBytes: number): FileHead | undefined {
  const target = resolveInside(folder, path);
  return target === undefined ? undefined : start(target, path, maxBytes);
}

function start(target: string, path: string, maxBytes: number): FileHead {
  try {
    const { bytes, totalBytes, isCut } = readStart(target, maxBytes);
    return { path, text: decodeText(bytes, isCut), totalBytes, isCut };
  } catch (error) {
    if (!(error instanceof FileRefused)) throw error;
    throw new SessionError('STUDY_INVALID', `${path} ${error.message} and was not read.`, { cause: error });
  }
}

/** The number of folders in a folder of the study; undefined when there is no such folder. */
export function countFolders(folder: StudyFolder, path: string): number | undefined {
  const target = resolveInside(folder, path);
  if (target === undefined || !statSync(target).isDirectory()) return undefined;
  const entries = readdirSync(target, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.')).length;
}

function isStudyName(name: string): boolean {
  return name !== '' && name.length <= 255 && !name.startsWith('.') && !/[/\\\p{Cc}]/u.test(name);
}

function findHome(root: string): string | undefined {
  const top = resolvePath(root);
  const home = resolvePath(join(root, 'studies'));
  if (top === undefined || home === undefined || !statSync(home).isDirectory()) return undefined;
  if (!isInside(top, home)) {
    throw new SessionError('STUDY_INVALID', `${join(root, 'studies')} is a symbolic link out of the root.`, {
      hint: 'Use the folder that holds the studies as --root, or move them below the root.',
    });
  }
  return home;
}

function findFolder(home: string, name: string): StudyFolder | undefined {
  const path = resolvePath(join(home, name));
  if (path === undefined || !isInside(home, path) || !statSync(path).isDirectory()) return undefined;
  return { name, path, home };
}

function resolveInside(folder: StudyFolder, path: string): string | undefined {
  const target = resolvePath(join(folder.path, path));
  if (target === undefined || isInside(folder.home, target)) return target;
  throw new SessionError('STUDY_INVALID', `${path} is a symbolic link out of studies/ and was not followed.`);
}

/** Undefined for a path that does not exist or is a link loop. */
function resolvePath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ELOOP'].includes(systemCode(error) ?? '')) return undefined;
    throw new SessionError('STUDY_INVALID', `${path} can't be read (${systemCode(error)}).`, {
      cause: error,
    });
  }
}

function isInside(parent: string, path: string): boolean {
  const way = relative(parent, path);
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

function studyInvalid(root: string, message: string): SessionError {
  const names = findStudies(root);
  const shown = names.slice(0, MAX_CANDIDATES).map((name) => renderLine(name));
  const more = names.length > shown.length ? `, and ${names.length - shown.length} more` : '';
  const hint =
    names.length === 0 ? 'There are no studies here.' : `Studies here: ${shown.join(', ')}${more}.`;
  return new SessionError('STUDY_INVALID', message, { hint });
}
