/** Identifies the processes of a turn by variables in their environment. */
export interface Mark {
  home: string;
  sessionId: string;
  /** Undefined means all turns of the session. */
  turnId?: number | undefined;
}

/** The mark as environment variables. */
export function buildMark(mark: Mark): Record<string, string> {
  return {
    CLAUDE_SESSION_HOME: mark.home,
    CLAUDE_SESSION_ID: mark.sessionId,
    ...(mark.turnId === undefined ? {} : { CLAUDE_SESSION_TURN_ID: String(mark.turnId) }),
  };
}
