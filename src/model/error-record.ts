import { SessionError } from '../errors.ts';
import type { ErrorRecord } from './records.ts';

/** Converts a failure to a record. Anything but a SessionError is a bug of ours, and the record says so. */
export function toErrorRecord(
  error: unknown,
  sessionId: string | null = null,
  turnId: number | null = null,
): ErrorRecord {
  const known = error instanceof SessionError ? error : undefined;
  return {
    type: 'error',
    session_id: sessionId,
    turn_id: turnId,
    code: known?.code ?? 'INTERNAL',
    message: known?.message ?? describeBug(error),
    hint: known === undefined ? BUG_HINT : (known.hint ?? null),
    retry_at: null,
    exit_status: known?.exitStatus ?? 1,
  };
}

export const BUG_HINT = 'This is a bug. CLAUDE_SESSION_DEBUG=1 shows where it happened.';

/** Describes an unexpected error in one line. */
export function describeBug(error: unknown): string {
  const words = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return `Internal error: ${words.split('\n', 1)[0]}`;
}
