import { open, readdir, realpath, stat } from 'node:fs/promises';
import { isAbsolute, join, relative, sep } from 'node:path';
import { SessionError, systemCode } from '../errors.ts';
import { renderLine } from './markdown.ts';

/**
 * Where studies live: `<root>/studies/<name>/`, and nowhere else.
 *
 * The folder comes with a checkout that may be hostile, so a name is one plain path segment, and no symbolic link
 * leads out: not the folder's, not a study's, not a file's.
 */
export interface StudyFolder {
  name: string;
  /** Absolute, with symbolic links resolved. */
  path: string;
  /** `<root>/studies`, likewise. */
  home: string;
}

export interface FileHead {
  /** Below the study's folder, with forward slashes. */
  path: string;
  text: string;
  totalBytes: number;
  /** The file goes on after `text`. */
  isCut: boolean;
}

const MAX_CANDIDATES = 20;

/** The names of the studies under this root, sorted; none when there is no `studies` folder. */
export async function findStudies(root: string): Promise<string[]> {
  const home = await findHome(root);
  if (home === undefined) return [];
  const names = (await readdir(home)).filter((name) => isStudyName(name));
  const folders = await Promise.all(names.map((name) => findFolder(home, name)));
  return folders.flatMap((folder) => (folder === undefined ? [] : [folder.name])).toSorted();
}

/** The study of this name. Throws STUDY_INVALID, whose hint lists the ones there are. */
export async function selectStudy(root: string, name: string): Promise<StudyFolder> {
  if (!isStudyName(name)) {
    throw await studyInvalid(
      root,
      `${JSON.stringify(name)} is not a study name: give the name of one folder below studies/.`,
    );
  }
  const home = await findHome(root);
  const folder = home === undefined ? undefined : await findFolder(home, name);
  if (folder === undefined)
    throw await studyInvalid(
      root,
      `There is no study ${JSON.stringify(name)} below ${join(root, 'studies')}.`,
    );
  return folder;
}

/**
 * The real path of a plain file of the study; undefined when there is none.
 *
 * Throws STUDY_INVALID when a symbolic link leads out of `studies/`, or when it is no plain file.
 */
export async function findFile(folder: StudyFolder, path: string): Promise<string | undefined> {
  const target = await resolveInside(folder, path);
  if (target === undefined) return undefined;
  if (!(await stat(target)).isFile()) throw new SessionError('STUDY_INVALID', `${path} is not a plain file.`);
  return target;
}

/** The first bytes of a plain file of the study, as text; undefined when there is none. Throws as `findFile` does. */
export async function readHead(
  folder: StudyFolder,
  path: string,
  maxBytes: number,
): Promise<FileHead | undefined> {
  const target = await findFile(folder, path);
  if (target === undefined) return undefined;
  const file = await open(target, 'r');
  try {
    const { size } = await file.stat();
    const { buffer, bytesRead } = await file.read(Buffer.alloc(Math.min(size, maxBytes)), 0, null, 0);
    const isCut = size > bytesRead;
    return {
      path,
      text: new TextDecoder().decode(buffer.subarray(0, bytesRead), { stream: isCut }),
      totalBytes: size,
      isCut,
    };
  } finally {
    await file.close();
  }
}

/** How many folders are in a folder of the study; undefined when there is no such folder. */
export async function countFolders(folder: StudyFolder, path: string): Promise<number | undefined> {
  const target = await resolveInside(folder, path);
  if (target === undefined || !(await stat(target)).isDirectory()) return undefined;
  const entries = await readdir(target, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.')).length;
}

function isStudyName(name: string): boolean {
  return name !== '' && name.length <= 255 && !name.startsWith('.') && !/[/\\\p{Cc}]/u.test(name);
}

async function findHome(root: string): Promise<string | undefined> {
  const top = await resolvePath(root);
  const home = await resolvePath(join(root, 'studies'));
  if (top === undefined || home === undefined || !(await stat(home)).isDirectory()) return undefined;
  if (!isInside(top, home)) {
    throw new SessionError('STUDY_INVALID', `${join(root, 'studies')} is a symbolic link out of the root.`, {
      hint: 'Use the folder that holds the studies as --root, or move them below the root.',
    });
  }
  return home;
}

async function findFolder(home: string, name: string): Promise<StudyFolder | undefined> {
  const path = await resolvePath(join(home, name));
  if (path === undefined || !isInside(home, path) || !(await stat(path)).isDirectory()) return undefined;
  return { name, path, home };
}

async function resolveInside(folder: StudyFolder, path: string): Promise<string | undefined> {
  const target = await resolvePath(join(folder.path, path));
  if (target === undefined || isInside(folder.home, target)) return target;
  throw new SessionError('STUDY_INVALID', `${path} is a symbolic link out of studies/ and was not followed.`);
}

/** Undefined for what does not exist, link loops included. */
async function resolvePath(path: string): Promise<string | undefined> {
  try {
    return await realpath(path);
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

async function studyInvalid(root: string, message: string): Promise<SessionError> {
  const names = await findStudies(root);
  const shown = names.slice(0, MAX_CANDIDATES).map((name) => renderLine(name));
  const more = names.length > shown.length ? `, and ${names.length - shown.length} more` : '';
  const hint =
    names.length === 0 ? 'There are no studies here.' : `Studies here: ${shown.join(', ')}${more}.`;
  return new SessionError('STUDY_INVALID', message, { hint });
}
