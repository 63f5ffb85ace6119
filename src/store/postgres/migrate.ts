import { SessionError } from '../../errors.ts';
import type { Reader } from './connection.ts';
import type { Database } from './database.ts';
import { hidePassword } from '../../settings/store-url.ts';
import { codeOf } from './failure.ts';
import { MIGRATION_LOCK, STEPS, VERSIONS } from './schema.ts';

/** The version of the schema that this program knows. */
export const KNOWN_VERSION = STEPS.length;

const UNDEFINED_TABLE = '42P01';
const DUPLICATE_TABLE = '42P07';
/** The second: no schema that the user may use. */
const NO_PERMISSION = ['42501', '3F000'];

/** The version of the existing schema; 0 for a database without our tables. Throws STORE_NEWER. */
export async function readVersion(db: Database): Promise<number> {
  const found = await db.read(findVersion);
  if (found > KNOWN_VERSION)
    throw new SessionError(
      'STORE_NEWER',
      `The store ${hidePassword(db.url)} was written by a newer version of session (schema ${found}; this version knows ${KNOWN_VERSION}).`,
      { hint: 'Update session.' },
    );
  return found;
}

async function findVersion(tx: Reader): Promise<number> {
  try {
    const row = await tx.get<{ version: number | null }>(
      'SELECT max(version) AS version FROM store_versions',
    );
    return row?.version ?? 0;
  } catch (error) {
    if (codeOf(error) === UNDEFINED_TABLE) return 0;
    throw error;
  }
}

/** Brings the schema up to date. Other processes may do so at the same time. Returns the version before. */
export async function migrate(db: Database): Promise<number> {
  const before = await readVersion(db);
  if (before === KNOWN_VERSION) return before;
  try {
    await db.write(async (tx) => {
      await tx.get('SELECT pg_advisory_xact_lock(?)', [MIGRATION_LOCK]);
      const { encoding } = (await tx.get<{ encoding: string }>(
        `SELECT current_setting('server_encoding') AS encoding`,
      ))!;
      if (encoding !== 'UTF8')
        throw new SessionError(
          'STORE_UNREADABLE',
          `The database is kept as ${encoding}, which can't hold all texts.`,
          {
            hint: 'Create the database with the encoding UTF8.',
          },
        );
      await tx.run(VERSIONS);
      const row = await tx.get<{ version: number }>(
        'SELECT coalesce(max(version), 0) AS version FROM store_versions',
      );
      for (let version = row!.version + 1; version <= KNOWN_VERSION; version++) {
        await tx.run(STEPS[version - 1]!);
        await tx.run('INSERT INTO store_versions (version) VALUES (?)', [version]);
      }
    });
  } catch (error) {
    throw explain(db.url, error);
  }
  return before;
}

function explain(url: string, error: unknown): unknown {
  const cause = error instanceof SessionError ? error.cause : error;
  const code = codeOf(cause ?? error);
  const where = hidePassword(url);
  if (code === DUPLICATE_TABLE)
    return new SessionError('STORE_UNREADABLE', `The database ${where} has tables of another program.`, {
      hint: 'Give session a database, or a schema, of its own.',
    });
  if (NO_PERMISSION.includes(code ?? '') || /permission denied/.test(String(error)))
    return new SessionError(
      'STORE_UNREADABLE',
      `The store ${where} is not set up, and this user may not do it.`,
      {
        hint: 'Run "session store migrate" once as a user who may create tables.',
      },
    );
  return error;
}
