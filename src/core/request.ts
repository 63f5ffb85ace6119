import type { TurnLimits } from './model.ts';

/** One message, and what its turn is to respect. */
export interface SendRequest {
  message: string;
  /** Lets the agent act on a leading /command and on @files in the message. */
  expand: boolean;
  limits: TurnLimits;
  /** How long to wait for the turns before it; 0 not to wait. */
  waitMs: number;
  maxRetries: number | null;
  /** Whether the agent is to stay up after the turn, and for how long without another. */
  warm: boolean;
  idleMs: number;
  requireMcp: boolean;
  failOnDenied: boolean;
  /** Where to keep a copy of the agent's raw stream. */
  recordPath: string | null;
}
