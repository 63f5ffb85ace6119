/**
 * Reads a SQLite database of unknown origin. No statement on it can block, fill the memory or run code from its schema.
 *
 * Only ordinary tables are read. A view, a virtual table or a computed column runs code of the file's author.
 */
import { SessionError } from '../../../errors.ts';
import type { Reader } from './connection.ts';
import { readSnapshot } from './snapshot.ts';

export interface ForeignOptions {
  /** The tables that the query may name, if they exist. */
  tables: readonly string[];
  /** How long it may take in total, in ms. */
  timeoutMs?: number;
}

const MAX_VALUE_BYTES = 16 * 1024 * 1024;
const MAX_RESULT_BYTES = 64 * 1024 * 1024;
const MAX_HEAP_BYTES = 512 * 1024 * 1024;
const GUARDS = `PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA hard_heap_limit = ${MAX_HEAP_BYTES}`;

const REFUSALS: [words: RegExp, sentence: (timeoutMs: number) => string][] = [
  [/^interrupted$/, (timeoutMs) => `could not be read within ${timeoutMs / 1000} s`],
  [/too big/, () => `holds a value of more than ${MAX_VALUE_BYTES / 1024 / 1024} MB`],
  [/out of memory/, () => `takes more than ${MAX_HEAP_BYTES / 1024 / 1024} MB of memory to read`],
];

/**
 * Runs `query` on one consistent state of the database, like `readSnapshot`, with limits on time and memory.
 *
 * Throws STORE_UNREADABLE where a table is not an ordinary one or a limit is exceeded.
 */
export async function readForeign<T>(
  path: string,
  query: (db: Reader) => T,
  { tables, timeoutMs = 10_000 }: ForeignOptions,
): Promise<T> {
  const endsAt = performance.now() + timeoutMs;
  const guarded = (db: Reader): T => {
    requireOrdinary(path, db, tables);
    return query(db);
  };
  try {
    return await readSnapshot(path, guarded, {
      timeoutMs: Math.min(timeoutMs, 5_000),
      before: GUARDS,
      limits: {
        maxValueBytes: MAX_VALUE_BYTES,
        maxResultBytes: MAX_RESULT_BYTES,
        isOver: () => performance.now() > endsAt,
      },
    });
  } catch (error) {
    const words = error instanceof Error ? error.message : '';
    const [, sentence] = REFUSALS.find(([pattern]) => pattern.test(words)) ?? [];
    if (error instanceof SessionError || sentence === undefined) throw error;
    throw refuse(path, sentence(timeoutMs), error);
  }
}

/**
 * Throws unless all tables are ordinary. A view may also have the name of a table-valued function, and then replaces
 * SQLite's own.
 */
function requireOrdinary(path: string, db: Reader, tables: readonly string[]): void {
  const asked = new Set(tables.map((name) => name.toLowerCase()));
  const others = db.all<{ name: string }>(
    `SELECT CAST(name AS TEXT) AS name FROM sqlite_schema
     WHERE type = 'view' OR (type = 'table' AND coalesce(rootpage, 0) = 0)`,
  );
  const other = others.find(({ name }) => asked.has(name.toLowerCase()) || /^(json|pragma)_/i.test(name));
  if (other !== undefined) throw refuse(path, `has a "${other.name}" that is not an ordinary table`);
  for (const table of tables) {
    const computed = db.get<{ name: string }>('SELECT name FROM pragma_table_xinfo(?) WHERE hidden > 1', [
      table,
    ]);
    if (computed !== undefined) throw refuse(path, `computes the column "${computed.name}" of "${table}"`);
  }
}

function refuse(path: string, what: string, cause?: unknown): SessionError {
  return new SessionError('STORE_UNREADABLE', `${path} ${what}.`, {
    hint: 'Only plain tables of a bounded size are read. Check where the file comes from.',
    cause,
  });
}
