import { existsSync } from 'node:fs';
import type { Reader } from './engine/connection.ts';
import { openDatabase } from './engine/database.ts';
import type { DatabaseOptions } from './engine/database.ts';
import { latestVersion, readHeader } from './engine/header.ts';
import { SCHEMA } from './schema.ts';

/** Reads a store without creating or updating it; undefined when it does not exist or is older. */
export async function readCurrent<T>(
  path: string,
  options: Omit<DatabaseOptions, 'access'>,
  work: (tx: Reader) => T,
): Promise<T | undefined> {
  if (!existsSync(path) || readHeader(path)?.userVersion !== latestVersion(SCHEMA)) return undefined;
  const database = await openDatabase(path, SCHEMA, { ...options, access: 'read' });
  try {
    return await database.read(work);
  } finally {
    await database.close();
  }
}
