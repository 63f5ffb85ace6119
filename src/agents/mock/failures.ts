import { StartRefused } from './io.ts';
import type { Environment } from './io.ts';

/** How an API failure looks in claude's stream: its words, its class, and whether claude tries again first. */
export interface Failure {
  /** `{model}` stands for the model's name. */
  text: string;
  error: string;
  status: number | null;
  /** Retried up to CLAUDE_CODE_MAX_RETRIES times: the class of the retry events. */
  retriedAs?: string;
  stopReason?: string;
  terminalReason?: string;
  /** More fields of the result. */
  apiError?: object;
}

const OVERLOADED: Failure = {
  text: 'API Error: 529 Overloaded. This is a server-side issue, usually temporary — try again in a moment.',
  error: 'server_error',
  status: 529,
  retriedAs: 'overloaded',
};

export const FAILURES = {
  400: { text: 'API Error: 400 messages: bad thing', error: 'unknown', status: 400 },
  401: {
    text: 'Invalid API key · Fix external API key',
    error: 'authentication_failed',
    status: 401,
    retriedAs: 'authentication_failed',
  },
  403: {
    text: 'Failed to authenticate. API Error: 403 not allowed',
    error: 'authentication_failed',
    status: 403,
  },
  413: { text: 'Request too large (max 32MB).', error: 'invalid_request', status: 413 },
  429: {
    text: 'API Error: Request rejected (429) · slow down',
    error: 'rate_limit',
    status: 429,
    retriedAs: 'rate_limit',
  },
  500: {
    text: 'API Error: 500 Internal server error. This is a server-side issue, usually temporary — try again in a moment.',
    error: 'server_error',
    status: 500,
    retriedAs: 'server_error',
  },
  529: OVERLOADED,
  overloaded: OVERLOADED,
  connection: {
    text: 'API Error: Unable to connect to API (ConnectionRefused)',
    error: 'server_error',
    status: null,
    retriedAs: 'unknown',
  },
  credit: { text: 'Credit balance is too low', error: 'billing_error', status: 400 },
  login: { text: 'Not logged in · Please run /login', error: 'authentication_failed', status: null },
  model: {
    text: "There's an issue with the selected model ({model}). It may not exist or you may not have access to it. Run --model to pick a different model.",
    error: 'model_not_found',
    status: 404,
  },
  'prompt-too-long': {
    text: 'Prompt is too long · the request is ~250000 tokens (limit 200000)',
    error: 'invalid_request',
    status: 400,
    terminalReason: 'prompt_too_long',
  },
  refusal: {
    text: 'API Error: Claude Code is unable to respond to this request, which appears to violate our Usage Policy (https://www.anthropic.com/legal/aup). Try rephrasing the request in a new session or change your model.',
    error: 'invalid_request',
    status: null,
    stopReason: 'refusal',
  },
} as const satisfies Record<string, Failure>;

const DEFAULT_RETRIES = 10;
const LONGEST_RETRY_DELAY_MS = 50;

/** The retry events of a failure; their delays are short, so that ten retries don't take claude's three minutes. */
export function buildRetries(count: number, failure: Failure, limit = count) {
  return Array.from({ length: count }, (_, at) => ({
    attempt: at + 1,
    max_retries: limit,
    retry_delay_ms: Math.min(10 * 2 ** at, LONGEST_RETRY_DELAY_MS),
    error_status: failure.status,
    error: failure.retriedAs ?? 'unknown',
  }));
}

/** CLAUDE_CODE_MAX_RETRIES, as claude has it. */
export function maxRetries(env: Environment): number {
  const given = env['CLAUDE_CODE_MAX_RETRIES'];
  if (given === undefined || given === '') return DEFAULT_RETRIES;
  const count = Number(given);
  if (Number.isInteger(count) && count >= 0) return count;
  throw new StartRefused(`Error: CLAUDE_CODE_MAX_RETRIES must be a whole number, not '${given}'`);
}
