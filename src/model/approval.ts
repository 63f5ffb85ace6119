/**
 * How a request of the agent was answered. `timeout` denies as `deny` does. `withdrawn` means that the agent no longer
 * waits.
 */
export const ANSWERS = ['allow', 'deny', 'timeout', 'withdrawn'] as const;
export type Answer = (typeof ANSWERS)[number];

/** A tool call that waits for the user's decision. Kept while its turn is open. */
export interface Approval {
  /** 12 hexadecimal characters. */
  id: string;
  sessionId: string;
  turnId: number;
  /** The agent's own id of the call. */
  toolUseId: string;
  tool: string;
  input: unknown;
  /** The permission rule that allows this call; null when no rule covers exactly this call. */
  rule: string | null;
  askedAt: number;
  /** When it is denied automatically. */
  expiresAt: number;
  /** Null while it is open. */
  answer: Answer | null;
  /** The message to the agent with a denial. */
  message: string | null;
  /** Whether the rule was added to the session. */
  always: boolean;
}
