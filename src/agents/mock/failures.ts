import type { Environment } from './io.ts';

/** How an API failure looks in claude's stream: its words, its class, and whether claude tries again first. */
export interface Failure {
  status: number | null;
  error: string;
  /** `{model}` stands for the model's name. */
  text: string;
  /** Retried up to CLAUDE_CODE_MAX_RETRIES times: the class of the retry events. */
  retriedAs?: string;
  stopReason?: string;
  terminalReason?: string;
  /** More fields of the result. */
  apiError?: object;
}

const OURS = 'This is a server-side issue, usually temporary — try again in a moment.';
const OVERLOADED = failure(529, 'server_error', `API Error: 529 Overloaded. ${OURS}`, {
  retriedAs: 'overloaded',
});

export const FAILURES = {
  400: failure(400, 'unknown', 'API Error: 400 messages: bad thing'),
  401: failure(401, 'authentication_failed', 'Invalid API key · Fix external API key', {
    retriedAs: 'authentication_failed',
  }),
  403: failure(403, 'authentication_failed', 'Failed to authenticate. API Error: 403 not allowed'),
  429: failure(429, 'rate_limit', 'API Error: Request rejected (429) · slow down', {
    retriedAs: 'rate_limit',
  }),
  500: failure(500, 'server_error', `API Error: 500 Internal server error. ${OURS}`, {
    retriedAs: 'server_error',
  }),
  529: OVERLOADED,
  overloaded: OVERLOADED,
  connection: failure(null, 'server_error', 'API Error: Unable to connect to API (ConnectionRefused)', {
    retriedAs: 'unknown',
  }),
  credit: failure(400, 'billing_error', 'Credit balance is too low'),
  login: failure(null, 'authentication_failed', 'Not logged in · Please run /login'),
  model: failure(
    404,
    'model_not_found',
    "There's an issue with the selected model ({model}). It may not exist.",
  ),
  'prompt-too-long': failure(400, 'invalid_request', 'Prompt is too long', {
    terminalReason: 'prompt_too_long',
  }),
  refusal: failure(null, 'invalid_request', 'API Error: Claude Code is unable to respond to this request', {
    stopReason: 'refusal',
  }),
} as const satisfies Record<string, Failure>;

const DEFAULT_RETRIES = 10;
const LONGEST_RETRY_DELAY_MS = 50;

/** The retry events of a failure; their delays are short, so that ten retries don't take claude's three minutes. */
export function buildRetries(count: number, failed: Failure, limit: number) {
  return Array.from({ length: count }, (_, at) => ({
    attempt: at + 1,
    max_retries: limit,
    retry_delay_ms: Math.min(10 * 2 ** at, LONGEST_RETRY_DELAY_MS),
    error_status: failed.status,
    error: failed.retriedAs ?? 'unknown',
  }));
}

export function maxRetries(env: Environment): number {
  return Number(env['CLAUDE_CODE_MAX_RETRIES'] || DEFAULT_RETRIES);
}

function failure(status: number | null, error: string, text: string, more: Partial<Failure> = {}): Failure {
  return { status, error, text, ...more };
}
