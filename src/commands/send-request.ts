import type { InferredOptionTypes, Options } from 'yargs';
import type { RequestFlags } from '../turns/request.ts';
import { LIMIT_OPTIONS } from './options.ts';
import { parseCount, parseDurationFlag, parseMoney } from './values.ts';

/** The flags that say how a turn is to run. */
export const REQUEST_OPTIONS = {
  ...LIMIT_OPTIONS,
  wait: {
    type: 'string',
    requiresArg: true,
    describe: 'How long to wait for turns before this one (default 10m)',
  },
  'no-wait': { type: 'boolean', describe: 'Fail with status 6 when the session is busy' },
  'wait-limit': {
    type: 'string',
    requiresArg: true,
    describe: 'How long to wait for the end of a usage limit or overload, then go on (default: not)',
  },
  'require-mcp': { type: 'boolean', describe: 'Fail when an MCP server is not connected' },
  'fail-on-denied': { type: 'boolean', describe: 'Exit with status 5 when a tool was denied' },
  expand: { type: 'boolean', describe: 'Let the agent act on /commands and @files in the message' },
  warm: { type: 'boolean', describe: 'Keep the agent up after the turn, for the next one' },
  cold: {
    type: 'boolean',
    conflicts: 'warm',
    describe: 'End a warm agent and answer with a fresh process',
  },
  idle: {
    type: 'string',
    requiresArg: true,
    describe: 'How long a warm agent stays up without a turn (default 1h)',
  },
} as const satisfies Record<string, Options>;

type RequestArgs = InferredOptionTypes<typeof REQUEST_OPTIONS>;

/** What the flags say, checked. Throws USAGE. */
export function parseFlags(args: RequestArgs): RequestFlags {
  return {
    timeoutMs: parseDurationFlag('--timeout', args.timeout),
    stallTimeoutMs: parseDurationFlag('--stall-timeout', args['stall-timeout']),
    maxTurns: parseCount('--max-turns', args['max-turns']),
    maxBudgetUsd: parseMoney('--max-budget-usd', args['max-budget-usd']),
    waitMs: args['no-wait'] === true ? 0 : parseDurationFlag('--wait', args.wait),
    waitLimitMs: parseDurationFlag('--wait-limit', args['wait-limit']),
    maxRetries: parseCount('--max-retries', args['max-retries'], 0),
    warm: args.cold === true ? false : args.warm,
    idleMs: parseDurationFlag('--idle', args.idle),
    requireMcp: args['require-mcp'],
    failOnDenied: args['fail-on-denied'] ?? false,
    expand: args.expand ?? false,
    recordPath: null,
  };
}
