import { formatSize } from '../../output/size.ts';
import { findStoreUrl, hidePassword } from '../../settings/store-url.ts';
import { inspectDatabase } from '../../store/postgres/inspect.ts';
import { inspectStore } from '../../store/sqlite/inspect.ts';
import type { StoreReport } from '../../store/sqlite/inspect.ts';
import { describeOwner, isAlive } from '../../system/owner.ts';
import { fail, failWith, ok, warn } from './check.ts';
import type { Check } from './check.ts';
import type { Place } from './context.ts';

/** Checks that the store can be used and its file is not damaged. */
export async function* checkStore({ paths, env }: Place): AsyncGenerator<Check> {
  let report: StoreReport | undefined;
  try {
    const url = await findStoreUrl(env, paths);
    if (url !== undefined) return yield await checkDatabase(url);
    report = await inspectStore(paths.store, { isChecked: true });
  } catch (error) {
    yield failWith('store', error);
    return;
  }
  if (report === undefined) {
    yield ok('store', `none yet; the first session makes ${paths.store}`);
    return;
  }
  yield judge(paths.store, report);
  if (report.holder !== undefined) yield describeLock(report.holder);
}

async function checkDatabase(url: string): Promise<Check> {
  const where = hidePassword(url);
  const report = await inspectDatabase(url);
  if (report === undefined) return ok('store', `none yet; the first session sets up ${where}`);
  const { bytes, schema, sessions, server } = report;
  return ok(
    'store',
    `${where}: PostgreSQL ${server}, ${formatSize(bytes)}, ${sessions} sessions, schema ${schema}`,
  );
}

function judge(path: string, report: StoreReport): Check {
  const { bytes, schema, knownSchema, sessions, journalBytes, problems } = report;
  if (problems !== null && problems.length > 0)
    return fail(
      'store',
      `${path} is damaged: ${problems.join('; ')}`,
      'Restore it from a backup; `sqlite3 FILE .recover` may save what is in it.',
    );
  const facts = [
    `${formatSize(bytes)}, ${sessions} sessions`,
    schema < knownSchema
      ? `schema ${schema}, which the next command updates to ${knownSchema}`
      : `schema ${schema}`,
    problems === null ? 'too large to be checked through' : 'sound',
  ];
  if (journalBytes > 0)
    facts.push(`a transaction of ${formatSize(journalBytes)} is going on or was cut short`);
  return ok('store', `${path}: ${facts.join(', ')}`);
}

function describeLock(holder: string): Check {
  if (holder === '')
    return warn(
      'lock',
      'the store is locked by another program, perhaps sqlite3',
      'Let it finish, or end it.',
    );
  return isAlive(holder) === false
    ? ok('lock', `left by ${describeOwner(holder)}, which is gone; the next command removes it`)
    : ok('lock', `held by ${describeOwner(holder)} at this moment`);
}
