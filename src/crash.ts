import { writeSync } from 'node:fs';
import { SessionError, systemCode } from './errors.ts';
import { toErrorRecord } from './model/error-record.ts';
import { resolveFormat } from './output/format.ts';
import { indentLines } from './text/safe-text.ts';

/** Error codes when the program's own files can't be loaded. */
const LOAD_FAILURES = new Set(['MODULE_NOT_FOUND', 'ENOENT', 'EACCES', 'EPERM', 'EIO', 'ENOMEM']);

/** Prints an uncaught error like any failure, and ends the process. */
export function crash(error: unknown, argv: readonly string[]): never {
  const record = toErrorRecord(error);
  try {
    if (resolveFormat(argv) !== 'text') writeSync(1, `${JSON.stringify(record)}\n`);
    writeSync(
      2,
      `session: ${indentLines(record.message)}\n${record.hint === null ? '' : `${indentLines(record.hint)}\n`}`,
    );
    if (process.env['CLAUDE_SESSION_DEBUG'] === '1')
      writeSync(2, `${(error as Error)?.stack ?? String(error)}\n`);
  } catch {
    // There is no reader.
  }
  process.exit(record.exit_status);
}

/** Runs code that loads the program. Reports files that are missing or unreadable. */
export function loadOrExplain<T>(load: () => T): T {
  try {
    return load();
  } catch (cause) {
    if (!LOAD_FAILURES.has(systemCode(cause) ?? '')) throw cause;
    const [reason] = (cause as Error).message.split('\n');
    throw new SessionError('AGENT_FAILED', `A file of session itself can not be loaded: ${reason}.`, {
      hint: 'Reinstall the package, or give this user access to it.',
      cause,
    });
  }
}
