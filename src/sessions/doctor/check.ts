import { SessionError, systemCode } from '../../errors.ts';

/** What was looked at, and how it is. */
export interface Check {
  name: string;
  /** `warn`: works, but not as it should; `fail`: does not work. */
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

/** The check that a failure makes: an expected one, or what the system says; anything else is a bug, and goes on. */
export function failWith(name: string, error: unknown): Check {
  if (error instanceof SessionError) return fail(name, error.message, error.hint ?? null);
  if (systemCode(error) !== undefined) return fail(name, (error as Error).message);
  throw error;
}
