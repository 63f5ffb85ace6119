import { resolve } from 'node:path';
import { SessionError } from '../errors.ts';
import type { StoreBackupRecord, StoreMigrateRecord, StoreStatusRecord } from '../model/records.ts';
import { requireOwn } from '../settings/own-files.ts';
import { findStoreUrl, hidePassword } from '../settings/store-url.ts';
import type { StoreReport } from '../store/sqlite/inspect.ts';
import { isAlive } from '../system/owner.ts';
import type { Context } from './context.ts';

const NONE = { bytes: 0, freeBytes: 0, schema: 0, knownSchema: 0, sessions: 0, turns: 0, messages: 0 };

/** The file of the embedded store, or the URL of the database without its password. */
export async function findStorePath({ place, paths }: Context): Promise<string> {
  const url = await findStoreUrl(place.env, paths);
  return url === undefined ? paths.store : hidePassword(url);
}

/** The status of the store, and the owner of its lock. */
export async function readStoreStatus(context: Context): Promise<StoreStatusRecord> {
  return toRecord(await findStorePath(context), await inspect(context));
}

/** Creates or updates the store's schema, as the first write does too. */
export async function migrateStore(context: Context): Promise<StoreMigrateRecord> {
  const before = await inspect(context);
  await context.store('write');
  const { schema } = (await inspect(context))!;
  return { path: await findStorePath(context), from: before?.schema ?? 0, to: schema };
}

/** The report of the embedded store; undefined for a database, which has no journal or lock file of ours. */
async function inspect({ place, paths }: Context): Promise<StoreReport | undefined> {
  const url = await findStoreUrl(place.env, paths);
  if (url === undefined) {
    const { inspectStore } = await import('../store/sqlite/inspect.ts');
    requireOwn(paths.home, paths.home);
    return await inspectStore(paths.store, { isChecked: false });
  }
  const { inspectDatabase } = await import('../store/postgres/inspect.ts');
  const report = await inspectDatabase(url);
  return report && { ...report, freeBytes: 0, journalBytes: 0, holder: undefined, problems: null };
}

/** Writes a consistent copy of the embedded store. With `force` an existing file is replaced. */
export async function backUpStore(
  { place, paths }: Context,
  file: string,
  options: { force: boolean; signal: AbortSignal },
): Promise<StoreBackupRecord> {
  if ((await findStoreUrl(place.env, paths)) !== undefined)
    throw new SessionError(
      'USAGE',
      'store backup copies the embedded store, and store.url names a database.',
      {
        hint: 'Use pg_dump.',
      },
    );
  const { backupStore } = await import('../store/sqlite/backup.ts');
  const target = resolve(place.cwd, file);
  return { file: target, bytes: await backupStore(paths.store, target, options) };
}

function toRecord(path: string, report: StoreReport | undefined): StoreStatusRecord {
  const { holder, journalBytes, ...found } = report ?? { ...NONE, journalBytes: 0, holder: undefined };
  return {
    path,
    exists: report !== undefined,
    bytes: found.bytes,
    free_bytes: found.freeBytes,
    schema_version: found.schema,
    known_schema_version: found.knownSchema,
    sessions: found.sessions,
    turns: found.turns,
    messages: found.messages,
    journal_bytes: journalBytes,
    lock: holder === undefined ? null : { owner: holder, state: stateOf(holder) },
  };
}

function stateOf(owner: string): 'held' | 'abandoned' | 'unknown' {
  const alive = isAlive(owner);
  if (alive === 'unknown') return 'unknown';
  return alive ? 'held' : 'abandoned';
}
