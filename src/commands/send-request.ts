import type { RequestFlags } from '../library/send.ts';
import type { OptionTable, OptionValues } from './define.ts';
import { AGENT_OPTIONS, count, duration, flag, money, timeLimit } from './options.ts';

/** The options of a turn. */
export const REQUEST_OPTIONS = {
  ...AGENT_OPTIONS,
  timeout: timeLimit('How long the turn may take, such as 10m'),
  'stall-timeout': timeLimit('How long the agent may be silent (default 10m)'),
  'max-turns': count('How many model calls the turn may make'),
  'max-budget-usd': money('What the turn may cost'),
  'max-retries': count('How often a failed API call is repeated', 0),
  ask: flag('Let a tool call that is not allowed wait for "session approve", instead of denying it'),
  'no-ask': flag('Deny them, for this turn', { conflicts: 'ask' }),
  'ask-timeout': duration('How long a tool call waits before it is denied (default 10m)'),
  wait: duration('How long to wait for turns before this one (default 10m)'),
  'no-wait': flag('Fail with status 6 when the session is busy'),
  'wait-limit': duration(
    'How long to wait for the end of a usage limit or overload, then go on (default: not)',
  ),
  'require-mcp': flag('Fail when an MCP server is not connected'),
  'fail-on-denied': flag('Exit with status 5 when a tool was denied'),
  expand: flag('Let the agent act on /commands and @files in the message'),
  warm: flag('Keep the agent running after the turn, for the next one'),
  cold: flag('End a warm agent and answer with a fresh process', { conflicts: 'warm' }),
  idle: duration('How long a warm agent keeps running without a turn (default 1h)'),
} satisfies OptionTable;

type RequestArgs = OptionValues<typeof REQUEST_OPTIONS>;

/** The options of a turn, from the parsed arguments. */
export function readFlags(args: RequestArgs): RequestFlags {
  return {
    timeoutMs: args.timeout,
    stallTimeoutMs: args['stall-timeout'],
    maxTurns: args['max-turns'],
    maxBudgetUsd: args['max-budget-usd'],
    waitMs: args['no-wait'] === true ? 0 : args.wait,
    waitLimitMs: args['wait-limit'],
    maxRetries: args['max-retries'],
    agent: {
      model: args.model,
      effort: args.effort,
      fallbackModel: args['fallback-model'],
      addedDirs: args['add-dir'],
    },
    ask: args['no-ask'] === true ? false : args.ask,
    askTimeoutMs: args['ask-timeout'],
    warm: args.cold === true ? false : args.warm,
    idleMs: args.idle,
    requireMcp: args['require-mcp'],
    failOnDenied: args['fail-on-denied'],
    expand: args.expand,
  };
}
