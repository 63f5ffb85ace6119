import { basename, resolve } from 'node:path';
import { SessionError } from '../errors.ts';
import type { NewFile } from '../model/message-file.ts';
import { FileRefused } from '../system/read-bounded.ts';
import { readGiven } from '../system/read-pipe.ts';
import { MAX_FILE_BYTES, toMessageFile } from '../turns/message-files.ts';

/** A file for a message: its path, or its name and its bytes. */
export type FileToSend = string | { name: string; content: Uint8Array };

/** Reads the files. A path may be a pipe. Throws USAGE for a file that agents don't accept. */
export async function readFiles(given: readonly FileToSend[], cwd: string): Promise<NewFile[]> {
  const files: NewFile[] = [];
  for (const file of given)
    if (typeof file === 'string') files.push(toMessageFile(basename(file), await readBytes(file, cwd)));
    else files.push(toMessageFile(file.name, Buffer.from(file.content)));
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
