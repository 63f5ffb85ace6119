/** What a process must carry in its environment to be known as one of this turn's. */
export interface Mark {
  home: string;
  sessionId: string;
  /** Without it, the processes of every turn of the session are meant. */
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
