import { randomUUID } from 'node:crypto';
import type { Environment } from './io.ts';
import { turnUsage } from './usage.ts';

/** How claude's stream shows an API failure: its class, its message, and whether claude tries again first. */
export interface Failure {
  status: number;
  error: string;
  text: string;
  /** Retried up to CLAUDE_CODE_MAX_RETRIES times: the class of the retry events. */
  retriedAs?: string;
  /** More fields of the result. */
  apiError?: object;
}

const OURS = 'This is a server-side issue, usually temporary — try again in a moment.';
const OVERLOADED: Failure = {
  status: 529,
  error: 'server_error',
  text: `API Error: 529 Overloaded. ${OURS}`,
  retriedAs: 'overloaded',
};

export const FAILURES = {
  400: { status: 400, error: 'unknown', text: 'API Error: 400 messages: bad thing' },
  401: {
    status: 401,
    error: 'authentication_failed',
    text: 'Invalid API key · Fix external API key',
    retriedAs: 'authentication_failed',
  },
  429: {
    status: 429,
    error: 'rate_limit',
    text: 'API Error: Request rejected (429) · slow down',
    retriedAs: 'rate_limit',
  },
  500: {
    status: 500,
    error: 'server_error',
    text: `API Error: 500 Internal server error. ${OURS}`,
    retriedAs: 'server_error',
  },
  529: OVERLOADED,
  overloaded: OVERLOADED,
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

/** A message from claude itself, in place of one of the model. */
export function syntheticMessage(text: string): object {
  return {
    id: randomUUID(),
    container: null,
    model: '<synthetic>',
    role: 'assistant',
    stop_details: null,
    stop_reason: 'stop_sequence',
    stop_sequence: '',
    type: 'message',
    usage: { ...turnUsage(), iterations: null },
    content: [{ type: 'text', text }],
    context_management: null,
  };
}
