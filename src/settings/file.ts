import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { SessionError, systemCode } from '../errors.ts';
import { requireOwn } from './own-files.ts';

const LARGEST_BYTES = 1024 * 1024;

/**
 * Reads and parses a settings file, without checking the settings. Returns undefined when there is none. Throws
 * SETTINGS_INVALID that names the file. With `isOwn`, only this user may be able to change the file.
 *
 * The file may come from a hostile checkout. So only a regular file up to a maximum size is read, and a named pipe
 * can't block us.
 */
export function readSettingsFile(file: string, { isOwn }: { isOwn: boolean }): unknown {
  const refuse = (what: string, cause?: unknown): SessionError =>
    new SessionError('SETTINGS_INVALID', `${file}: ${what}.`, { cause });
  let descriptor: number;
  try {
    descriptor = openSync(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return undefined;
    throw refuse(`cannot be read (${systemCode(error) ?? String(error)})`, error);
  }
  try {
    const facts = fstatSync(descriptor);
    if (!facts.isFile()) throw refuse('is not a regular file');
    if (isOwn) requireOwn(file, facts);
    if (facts.size > LARGEST_BYTES) throw refuse('is larger than 1 MiB');
    return JSON.parse(readFileSync(descriptor, 'utf8').replace(/^\uFEFF/, ''));
  } catch (error) {
    if (error instanceof SyntaxError) throw refuse(`is not valid JSON (${oneLine(error.message)})`, error);
    if (error instanceof SessionError) throw error;
    throw refuse(`cannot be read (${systemCode(error) ?? String(error)})`, error);
  } finally {
    closeSync(descriptor);
  }
}

function oneLine(message: string): string {
  return message.replaceAll(/\s+/g, ' ').slice(0, 120);
}
