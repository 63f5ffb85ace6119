import { SessionError } from '../errors.ts';
import type { ErrorCode } from '../errors.ts';
import type { Outcome } from '../model/model.ts';

/** Why a turn is ended before its agent has finished. */
export const STOP_REASONS = {
  SIGINT: { status: 'interrupted', code: 'INTERRUPTED', message: 'The turn was interrupted.' },
  SIGTERM: { status: 'interrupted', code: 'TERMINATED', message: 'The turn was terminated.' },
  SIGHUP: { status: 'interrupted', code: 'HANGUP', message: 'The terminal went away.' },
  cancel: { status: 'interrupted', code: 'INTERRUPTED', message: 'The turn was cancelled.' },
  timeout: { status: 'timed_out', code: 'TIMEOUT', message: 'The turn ran out of time.' },
  stall: { status: 'timed_out', code: 'STALLED', message: 'The agent fell silent and was stopped.' },
  disk: { status: 'failed', code: 'STORE_FULL', message: "The disk is full, so the agent's answer is lost." },
  lost: { status: 'interrupted', code: 'INTERRUPTED', message: 'Another machine took the turn over.' },
  mcp: { status: 'failed', code: 'MCP_NOT_CONNECTED', message: 'A required MCP server is not connected.' },
} as const satisfies Record<string, { status: Outcome; code: ErrorCode; message: string }>;

export type StopReason = keyof typeof STOP_REASONS;

/**
 * The wish to end a turn early: the first reason counts, a second request means "at once".
 *
 * Passed down to whoever can act on it; asking before anybody listens is not lost.
 */
export class StopRequest {
  reason: StopReason | undefined;
  /** Fires when it is asked again. */
  readonly urgent = new AbortController();
  private listeners = new Set<(reason: StopReason) => void>();

  ask(reason: StopReason): void {
    if (this.reason !== undefined) this.urgent.abort();
    this.reason ??= reason;
    for (const listener of this.listeners) listener(reason);
  }

  /** For work that comes before the turn: throws when it was asked. */
  throwIfAsked(): void {
    if (this.reason === undefined) return;
    throw new SessionError(STOP_REASONS[this.reason].code, 'Interrupted before the turn began.');
  }

  /** Calls `listener` at each request, at once if there was one. Returns how to stop listening. */
  listen(listener: (reason: StopReason) => void): () => void {
    this.listeners.add(listener);
    if (this.reason !== undefined) listener(this.reason);
    return () => this.listeners.delete(listener);
  }
}
