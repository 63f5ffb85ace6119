import { EFFORTS } from '../model/model.ts';
import {
  parseCount,
  parseDurationFlag,
  parseModel,
  parseModels,
  parseMoney,
  parseSince,
  parseSizeFlag,
  parseTimeLimit,
} from './values.ts';
import type { OptionTable, OptionValues } from './define.ts';

/** Declares an option with a value, with its description and further properties. */
export function text<const More extends OptionTable[string]>(describe: string, more?: More) {
  return { type: 'string', requiresArg: true, describe, ...(more as More) } as const;
}

/** Declares an option that may be repeated. */
export function texts<const More extends OptionTable[string]>(describe: string, more?: More) {
  return { type: 'string', array: true, nargs: 1, describe, ...(more as More) } as const;
}

export function flag<const More extends OptionTable[string]>(describe: string, more?: More) {
  return { type: 'boolean', describe, ...(more as More) } as const;
}

export const count = (describe: string, least = 1) =>
  text(describe, { parse: (name: string, given: string) => parseCount(name, given, least) });

/** Declares the option that limits how many are printed. */
export const limit = (describe: string) => ({ ...count(describe), alias: 'n' }) as const;

export const duration = (describe: string) => text(describe, { parse: parseDurationFlag });

/** A duration of more than 0. */
export const timeLimit = (describe: string) => text(describe, { parse: parseTimeLimit });

/** Declares an option for a time. Its value is milliseconds since the epoch. */
export const time = (describe: string) => text(describe, { parse: parseSince });

export const money = (describe: string) => text(describe, { parse: parseMoney });

export const size = (describe: string) => text(describe, { parse: parseSizeFlag });

/** Declares the option for the agent's working directory. All verbs that select or create by directory have it. */
export const root = (describe: string) => text(describe, { completes: 'directories' });

/** The options of the agent, for a session, and in `send` for one turn. */
export const AGENT_OPTIONS = {
  model: text('Model the agent is to use', { parse: parseModel }),
  effort: { choices: EFFORTS, describe: 'How much the agent thinks' },
  'fallback-model': text('Models for when that one is overloaded, separated by commas', {
    parse: parseModels,
  }),
  'add-dir': texts('Directory that the agent may use besides the root; may be repeated', {
    completes: 'directories',
  }),
} satisfies OptionTable;

/** The options of a session, for `new` and `set`. */
export const SESSION_OPTIONS = {
  name: text('A name of your own, unique under the root'),
  ...AGENT_OPTIONS,
  'system-prompt': text("Text added to the agent's own system prompt", { mayBeEmpty: true }),
  context: texts('File to attach to the system prompt; may be repeated', { completes: 'files' }),
  'mcp-config': texts('MCP servers to attach, a file or JSON; may be repeated', { completes: 'files' }),
  'budget-usd': money('The most that the session may cost in all'),
  tag: texts('key=value to add or change; may be repeated'),
  warm: flag('Keep the agent process up between turns'),
  ask: flag('Let a tool call that is not allowed wait for "session approve", instead of denying it'),
  pin: flag('Keep it from gc'),
} satisfies OptionTable;

/** The values of these options; undefined for those not given. */
export function readGiven(args: Partial<OptionValues<typeof SESSION_OPTIONS>>) {
  return {
    name: args.name,
    model: args.model,
    effort: args.effort,
    fallbackModel: args['fallback-model'],
    addedDirs: args['add-dir'],
    systemPrompt: args['system-prompt'],
    contextFiles: args.context,
    mcpConfigs: args['mcp-config'],
    budgetUsd: args['budget-usd'],
    tags: args.tag,
    warm: args.warm,
    ask: args.ask,
    pinned: args.pin,
  };
}

export const TURN_OPTION = { turn: count('A turn by its id (default: the running one, else the last)') };

const SESSIONS = {
  type: 'string',
  completes: 'sessions',
  describe: 'Id, prefix of 4 or more, name, or @last',
} as const;

export const OPTIONAL_SESSION = { session: SESSIONS };

export const SESSION_POSITIONAL = { session: { ...SESSIONS, demandOption: true } } as const;

const MANY = { array: true, describe: 'Ids, prefixes of 4 or more, names, or @last' } as const;

export const OPTIONAL_SESSIONS = { session: { ...SESSIONS, ...MANY } };

export const SESSIONS_POSITIONAL = { session: { ...SESSIONS, ...MANY, demandOption: true } } as const;
