import type { StoreStatusRecord } from '../model/records.ts';
import type { StoreReport } from '../store/sqlite/inspect.ts';
import { isAlive } from '../system/owner.ts';
import type { Context } from './context.ts';

const NONE = { bytes: 0, freeBytes: 0, schema: 0, knownSchema: 0, sessions: 0, turns: 0, messages: 0 };

/** How the store is, and who holds its lock. */
export async function readStoreStatus({ paths }: Context): Promise<StoreStatusRecord> {
  const { inspectStore } = await import('../store/sqlite/inspect.ts');
  return toRecord(paths.store, await inspectStore(paths.store, { isChecked: false }));
}

/** Writes a consistent copy of the store, and returns its size. With `force` a file that is there is replaced. */
export async function backUpStore(
  { paths }: Context,
  file: string,
  options: { force: boolean; signal: AbortSignal },
): Promise<number> {
  const { backupStore } = await import('../store/sqlite/backup.ts');
  return await backupStore(paths.store, file, options);
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
