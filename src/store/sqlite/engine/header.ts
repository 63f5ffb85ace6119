import { closeSync, openSync, readSync } from 'node:fs';
import { newerSchema, notOurs, olderSchema } from './failure.ts';
import { SEALED } from './seal.ts';

/** Marks a SQLite file as a session store ("SESS"), at offset 68 of its header. */
export const APPLICATION_ID = 0x53455353;

/**
 * The schema, as a list of steps. Steps are only added, at the end. A store's `user_version` counts from `first`, the
 * version after the first step.
 */
export interface Schema {
  first: number;
  steps: readonly string[];
}

export function latestVersion({ first, steps }: Schema): number {
  return first + steps.length - 1;
}

/** The steps that a store of a version still needs. A new store has version 0 and needs all. */
export function missingSteps({ first, steps }: Schema, version: number): readonly string[] {
  return version === 0 ? steps : steps.slice(version - first + 1);
}

/**
 * The values that we use of the first 100 bytes of a SQLite file
 * (https://www.sqlite.org/fileformat.html#the_database_header).
 */
export interface Header {
  isSqlite: boolean;
  isWal: boolean;
  /** Read-only to other programs; see seal.ts. */
  isSealed: boolean;
  pageSize: number;
  freePages: number;
  changeCounter: number;
  userVersion: number;
  applicationId: number;
}

/** Reads the header; undefined for an empty file. Needs one small read, without loading SQLite. */
export function readHeader(path: string): Header | undefined {
  const bytes = Buffer.alloc(100);
  const fd = openSync(path, 'r');
  try {
    if (readSync(fd, bytes, 0, 100, 0) === 0) return undefined;
  } finally {
    closeSync(fd);
  }
  return {
    isSqlite: bytes.toString('latin1', 0, 16) === 'SQLite format 3\0',
    isSealed: bytes[18] === SEALED,
    // 1 stands for 65536.
    pageSize: bytes.readUInt16BE(16) === 1 ? 65_536 : bytes.readUInt16BE(16),
    freePages: bytes.readUInt32BE(36),
    isWal: bytes[18] === 2 || bytes[19] === 2,
    changeCounter: bytes.readUInt32BE(24),
    userVersion: bytes.readUInt32BE(60),
    applicationId: bytes.readUInt32BE(68),
  };
}

/**
 * Returns the version of the store's schema. Throws when the file is not a session store, or is newer than this program
 * knows.
 */
export function checkSchema(
  path: string,
  found: Pick<Header, 'applicationId' | 'userVersion'>,
  schema: Schema,
): number {
  const known = latestVersion(schema);
  if (found.applicationId !== APPLICATION_ID) throw notOurs(path, 'is a database of another program');
  if (found.userVersion > known) throw newerSchema(path, found.userVersion, known);
  if (found.userVersion < schema.first) throw olderSchema(path);
  return found.userVersion;
}
