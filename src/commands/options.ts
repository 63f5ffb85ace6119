import type { OptionTable } from './define.ts';

/** Where a session's agent works; everything that selects or creates by directory takes it. */
export const ROOT_OPTION = {
  root: {
    type: 'string',
    requiresArg: true,
    completes: 'directories',
    describe: 'Directory the agent works in (default: the current one)',
  },
} as const satisfies OptionTable;

/** What a session knows from the start. */
export const CONTEXT_OPTIONS = {
  study: {
    type: 'string',
    requiresArg: true,
    completes: 'studies',
    describe: 'Study below <root>/studies to give as context',
  },
  model: { type: 'string', requiresArg: true, describe: 'Model the agent is to use' },
  'system-prompt': {
    type: 'string',
    requiresArg: true,
    describe: "Text added to the agent's own system prompt",
  },
  context: {
    type: 'string',
    completes: 'files',
    array: true,
    nargs: 1,
    describe: 'File to attach to the system prompt; may be repeated',
  },
  'mcp-config': {
    type: 'string',
    completes: 'files',
    array: true,
    nargs: 1,
    describe: 'MCP servers to attach, a file or JSON; may be repeated',
  },
} as const satisfies OptionTable;

export const SESSION_POSITIONAL = {
  session: {
    type: 'string',
    demandOption: true,
    completes: 'sessions',
    describe: 'Id, prefix of 4 or more, name, or @last',
  },
} as const;

export const SESSIONS_POSITIONAL = {
  session: {
    type: 'string',
    array: true,
    completes: 'sessions',
    demandOption: true,
    describe: 'Ids, prefixes of 4 or more, names, or @last',
  },
} as const;

/** What a turn may take. */
export const LIMIT_OPTIONS = {
  timeout: { type: 'string', requiresArg: true, describe: 'How long the turn may take, such as 10m' },
  'stall-timeout': {
    type: 'string',
    requiresArg: true,
    describe: 'How long the agent may be silent (default 10m)',
  },
  'max-turns': { type: 'string', requiresArg: true, describe: 'How many model calls the turn may make' },
  'max-budget-usd': { type: 'string', requiresArg: true, describe: 'What the turn may cost' },
  'max-retries': { type: 'string', requiresArg: true, describe: 'How often a failed API call is repeated' },
} as const satisfies OptionTable;
