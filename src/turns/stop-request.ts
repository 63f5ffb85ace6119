import { SessionError } from '../errors.ts';
import type { ErrorCode } from '../errors.ts';
import type { Outcome } from '../model/model.ts';

/** Why a turn is ended before its agent has finished. */
export const STOP_REASONS = {
  SIGINT: { status: 'interrupted', code: 'INTERRUPTED', message: 'The turn was interrupted.' },
  SIGTERM: { status: 'interrupted', code: 'TERMINATED', message: 'The turn was terminated.' },
  SIGHUP: { status: 'interrupted', code: 'HANGUP', message: 'The terminal was closed.' },
  cancel: { status: 'interrupted', code: 'INTERRUPTED', message: 'The turn was cancelled.' },
  timeout: { status: 'timed_out', code: 'TIMEOUT', message: 'The turn ran out of time.' },
  stall: {
    status: 'timed_out',
    code: 'STALLED',
    message: 'The agent said nothing for too long and was stopped.',
  },
  disk: { status: 'failed', code: 'STORE_FULL', message: "The disk is full, so the agent's answer is lost." },
  lost: { status: 'interrupted', code: 'INTERRUPTED', message: 'Another machine took the turn over.' },
  mcp: { status: 'failed', code: 'MCP_NOT_CONNECTED', message: 'A required MCP server is not connected.' },
} as const satisfies Record<string, { status: Outcome; code: ErrorCode; message: string }>;

export type StopReason = keyof typeof STOP_REASONS;

/**
 * A request to end a turn early. The first reason counts, and a second request means "at once".
 *
 * A request before anything listens is not lost.
 */
export class StopRequest {
  reason: StopReason | undefined;
  /** Aborted at the second request. */
  readonly urgent = new AbortController();
  private listeners = new Set<(reason: StopReason) => void>();

  ask(reason: StopReason): void {
    if (this.reason !== undefined) this.urgent.abort();
    this.reason ??= reason;
    for (const listener of this.listeners) listener(reason);
  }

  /** For work before the turn starts: throws after a request. */
  throwIfAsked(): void {
    if (this.reason === undefined) return;
    throw new SessionError(STOP_REASONS[this.reason].code, 'Interrupted before the turn began.');
  }

  /** Calls `listener` at each request, and at once if there was one. Returns a function that removes the listener. */
  listen(listener: (reason: StopReason) => void): () => void {
    this.listeners.add(listener);
    if (this.reason !== undefined) listener(this.reason);
    return () => this.listeners.delete(listener);
  }
}
