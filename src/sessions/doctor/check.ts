import { SessionError, systemCode } from '../../errors.ts';

/** The result of one check. */
export interface Check {
  name: string;
  /** `warn`: it works, but has a problem. `fail`: it does not work. */
  status: 'ok' | 'warn' | 'fail';
  detail: string;
  /** What to do about it. */
  hint: string | null;
}

export function ok(name: string, detail: string): Check {
  return { name, status: 'ok', detail, hint: null };
}

export function warn(name: string, detail: string, hint: string | null = null): Check {
  return { name, status: 'warn', detail, hint };
}

export function fail(name: string, detail: string, hint: string | null = null): Check {
  return { name, status: 'fail', detail, hint };
}

/** The failed check for an expected error or a system error. Throws any other error, which is a bug. */
export function failWith(name: string, error: unknown): Check {
  if (error instanceof SessionError) return fail(name, error.message, error.hint ?? null);
  if (systemCode(error) !== undefined) return fail(name, (error as Error).message);
  throw error;
}
