import { basename, resolve } from 'node:path';
import { SessionError } from '../errors.ts';
import type { NewFile } from '../model/model.ts';
import { FileRefused } from '../system/read-bounded.ts';
import { readGiven } from '../system/read-pipe.ts';
import { MAX_FILE_BYTES, toMessageFile } from '../turns/message-files.ts';

/** The files that are to go with a message, as they are now; a pipe will do too. Throws USAGE for one that agents don't take. */
export async function readFiles(paths: readonly string[], cwd: string): Promise<NewFile[]> {
  const files: NewFile[] = [];
  for (const path of paths) files.push(toMessageFile(basename(path), await readBytes(path, cwd)));
  return files;
}

async function readBytes(path: string, cwd: string): Promise<Buffer> {
  try {
    return await readGiven(resolve(cwd, path), MAX_FILE_BYTES);
  } catch (error) {
    if (!(error instanceof FileRefused)) throw error;
    throw new SessionError('USAGE', `The file ${path} ${error.message}.`, { cause: error });
  }
}
