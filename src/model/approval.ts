/** How a question of the agent was answered; `timeout` denies as `deny` does, `withdrawn` says that nobody waits any more. */
export const ANSWERS = ['allow', 'deny', 'timeout', 'withdrawn'] as const;
export type Answer = (typeof ANSWERS)[number];

/** A tool call that waits for the user's word. Kept as long as its turn is open. */
export interface Approval {
  /** 12 hexadecimal characters. */
  id: string;
  sessionId: string;
  turnId: number;
  /** The agent's own id of the call. */
  toolUseId: string;
  tool: string;
  input: unknown;
  /** The permission rule that covers this call; null where no rule says just that. */
  rule: string | null;
  askedAt: number;
  /** When it is denied by itself. */
  expiresAt: number;
  /** Null as long as it is open. */
  answer: Answer | null;
  /** What the agent is told with a denial. */
  message: string | null;
  /** Whether the rule was added to the session. */
  always: boolean;
}
