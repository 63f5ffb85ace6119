/**
 * Reads files whose path comes from a checkout, or from a user who may name a device by mistake.
 *
 * Accepts only regular files up to a maximum size, and opens them without waiting. So no file can block the program or
 * fill the memory.
 */
import { closeSync, constants, fstatSync, openSync, readSync, type Stats, statSync } from 'node:fs';
import { systemCode } from '../errors.ts';

/** Says why a file was refused, in words that follow its name: `is a named pipe`. */
export class FileRefused extends Error {
  /** The system's error code, where the system refused. */
  readonly code: string | undefined;

  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.code = systemCode(cause);
  }
}

export interface FileStart {
  bytes: Buffer;
  totalBytes: number;
  /** Whether the file is longer than `bytes`. */
  isCut: boolean;
}

/** The first bytes of a regular file. Throws FileRefused. */
export function readStart(path: string, maxBytes: number): FileStart {
  let fd: number | undefined;
  try {
    requireRegular(statSync(path));
    fd = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const facts = fstatSync(fd);
    requireRegular(facts);
    const buffer = Buffer.alloc(Math.min(facts.size, maxBytes));
    let length = 0;
    for (let read = -1; read !== 0 && length < buffer.length; length += read)
      read = readSync(fd, buffer, length, buffer.length - length, length);
    return { bytes: buffer.subarray(0, length), totalBytes: facts.size, isCut: facts.size > length };
  } catch (error) {
    throw error instanceof FileRefused ? error : new FileRefused(explain(error), error);
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

/** All bytes of a regular file. Throws FileRefused, also for one that is larger than `maxBytes`. */
export function readWhole(path: string, maxBytes: number): Buffer {
  const { bytes, totalBytes } = readStart(path, maxBytes);
  if (totalBytes > maxBytes) throw tooLarge(maxBytes);
  return bytes;
}

/**
 * Decodes text in UTF-8 and removes its byte order mark. Throws FileRefused for anything else, such as UTF-16 or an
 * image.
 */
export function decodeText(bytes: Uint8Array, isCut = false): string {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: isCut });
    if (!text.includes('\0')) return text;
  } catch {
    // Refused below, with the same message.
  }
  throw new FileRefused('is not text in UTF-8');
}

export function tooLarge(maxBytes: number): FileRefused {
  const size = maxBytes % 2 ** 20 === 0 ? `${maxBytes / 2 ** 20} MB` : `${maxBytes} bytes`;
  return new FileRefused(`is larger than ${size}`);
}

function requireRegular(facts: Stats): void {
  if (facts.isFile()) return;
  if (facts.isDirectory()) throw new FileRefused('is a folder', { code: 'EISDIR' });
  if (facts.isFIFO()) throw new FileRefused('is a named pipe');
  throw new FileRefused(facts.isSocket() ? 'is a socket' : 'is a device');
}

const REASONS: Record<string, string> = {
  ENOENT: 'does not exist',
  ENOTDIR: 'does not exist',
  ELOOP: 'is a symbolic link to itself',
  EACCES: 'is not readable for you',
};

function explain(error: unknown): string {
  const code = systemCode(error) ?? String(error);
  return REASONS[code] ?? `can't be read (${code})`;
}
