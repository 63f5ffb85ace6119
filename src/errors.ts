/** The codes of all expected failures, with their exit statuses. */
export const EXIT_STATUS = {
  /** A bug of ours. */
  INTERNAL: 1,
  AGENT_FAILED: 1,
  OUTPUT_INVALID: 1,
  STDOUT_FAILED: 1,
  MCP_NOT_CONNECTED: 1,
  USAGE: 2,
  SETTINGS_INVALID: 2,
  STUDY_INVALID: 2,
  CONTEXT_INVALID: 2,
  MCP_CONFIG_INVALID: 2,
  TIMEOUT: 3,
  STALLED: 3,
  NO_SESSION: 4,
  AMBIGUOUS_SESSION: 4,
  POWER_FORBIDDEN: 5,
  PERMISSION_DENIED: 5,
  BUSY: 6,
  BUDGET_EXCEEDED: 7,
  TURN_LIMIT: 7,
  AGENT_MISSING: 8,
  NOT_LOGGED_IN: 8,
  STORE_UNREADABLE: 9,
  STORE_CORRUPT: 9,
  STORE_NEWER: 9,
  STORE_FULL: 9,
  STORE_BUSY: 9,
  LIMIT_REACHED: 10,
  OVERLOADED: 10,
  HANGUP: 129,
  INTERRUPTED: 130,
  TERMINATED: 143,
} as const;

export type ErrorCode = keyof typeof EXIT_STATUS;

interface ErrorDetails {
  /** What to type or change next, in one sentence. */
  hint?: string | undefined;
  cause?: unknown;
}

/**
 * A failure the user can act on: what happened, to what, and what to do next.
 *
 * Anything else that is thrown is a bug and is shown as one (exit status 1).
 */
export class SessionError extends Error {
  override readonly name = 'SessionError';
  readonly code: ErrorCode;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(
      isMistake(code) ? cutQuoted(message) : message,
      details.cause === undefined ? undefined : { cause: details.cause },
    );
    this.code = code;
    this.hint = details.hint;
  }

  get exitStatus(): number {
    return EXIT_STATUS[this.code];
  }
}

/** Whether the error is about the user's input, and so quotes it. */
function isMistake(code: ErrorCode): boolean {
  return EXIT_STATUS[code] === EXIT_STATUS.USAGE || EXIT_STATUS[code] === EXIT_STATUS.NO_SESSION;
}

/** Cuts a long quoted value, such as the text of a whole file given by mistake. */
function cutQuoted(message: string): string {
  return message.replaceAll(/"([^"]{160})[^"]+"/g, '"$1…"');
}

/** The system's code of a failed call (`ENOENT`, `EACCES`, …), if the error carries one. */
export function systemCode(error: unknown): string | undefined {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  return typeof code === 'string' ? code : undefined;
}
