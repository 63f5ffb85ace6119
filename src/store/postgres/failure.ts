import { SessionError, systemCode } from '../../errors.ts';
import { hidePassword } from '../../settings/store-url.ts';

/** Classes and codes of SQLSTATE after which a retry may succeed. */
const PASSING = /^(08|57P|40001$|40P01$|53300$|55P03$)/;
/** Error codes of a socket whose server is gone, or not started yet. */
const PASSING_SYSTEM = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EAI_AGAIN',
  'ENOENT',
]);

/** Whether the connection was lost, or could not be made. */
export function isLost(error: unknown): boolean {
  const code = codeOf(error);
  return (
    /^(08|57P)/.test(code ?? '') ||
    PASSING_SYSTEM.has(systemCode(error) ?? '') ||
    /Connection terminated|Client has encountered a connection error|timeout expired|not queryable|timeout exceeded/.test(
      (error as Error).message,
    )
  );
}

/** Whether a retry may succeed. */
export function isPassing(error: unknown): boolean {
  return PASSING.test(codeOf(error) ?? '') || isLost(error);
}

/** The SQLSTATE of a failed statement. */
export function codeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && /^(?=.*\d)[0-9A-Z]{5}$/.test(code) ? code : undefined;
}

/** Converts a failure of the database to an error for the user. */
export function explainFailure(url: string, error: unknown): unknown {
  if (error instanceof SessionError) return error;
  const code = codeOf(error);
  const where = hidePassword(url);
  const words = (error as Error).message || systemCode(error) || 'no answer';
  if (code === '53100' || code === '53200')
    return new SessionError('STORE_FULL', `There is no room for the store ${where} (${words}).`, {
      hint: 'Free some space on the database server and repeat the command; nothing was changed.',
    });
  if (code === '42501' || code?.startsWith('28') === true || code === '3D000' || code === '25006')
    return new SessionError('STORE_UNREADABLE', `The store ${where} may not be used: ${words}.`, {
      hint: 'Check the user, the password and the database that store.url names.',
    });
  if (
    isPassing(error) ||
    code?.startsWith('53') === true ||
    (code === undefined && systemCode(error) !== undefined)
  )
    return new SessionError('STORE_UNREADABLE', `The store ${where} does not answer: ${words}.`, {
      hint: 'Check that the database runs and can be reached; answers that could not be stored are stored by the next command that can.',
    });
  if (code === undefined && /SSL|certificate|password|SASL|SCRAM/.test(words))
    return new SessionError('STORE_UNREADABLE', `The store ${where} refused the connection: ${words}.`, {
      hint: 'Check sslmode and the password; PGPASSWORD and ~/.pgpass count too.',
    });
  if (code !== undefined)
    return new SessionError('STORE_UNREADABLE', `The store ${where} could not be used: ${words} (${code}).`, {
      hint: 'Look for the reason at the database; nothing was changed.',
      cause: error,
    });
  return error;
}
