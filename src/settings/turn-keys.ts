import type { KeySpec } from './kinds.ts';

/** How a turn runs: its agent, its MCP servers, its limits. */
export const TURN_KEYS = {
  mcpServers: {
    kind: 'servers',
    default: {},
    project: 'never',
    about: 'MCP servers of every session, by name, as in .mcp.json.',
  },
  'mcp.builtin': {
    kind: 'flag',
    default: true,
    env: 'MCP_BUILTIN',
    project: 'any',
    about: 'Whether sessions get our own MCP server (`session mcp`).',
  },
  'mcp.atomizer': {
    kind: 'flag',
    default: true,
    env: 'MCP_ATOMIZER',
    project: { only: false },
    about: "Whether the root's atomizer server is started where its file is there.",
  },
  'mcp.projectFile': {
    kind: 'flag',
    default: false,
    env: 'MCP_PROJECT_FILE',
    project: { only: false },
    about: "Whether the servers of the root's .mcp.json are started.",
  },
  'mcp.connectTimeout': {
    kind: 'duration',
    default: '20s',
    env: 'MCP_CONNECT_TIMEOUT',
    project: 'any',
    about: 'How long MCP servers may take to connect.',
  },
  'mcp.require': {
    kind: 'flag',
    default: false,
    env: 'MCP_REQUIRE',
    project: { only: true },
    about: 'Whether a turn fails when an MCP server did not connect.',
  },
  'agents.claude.settingSources': {
    kind: 'list',
    default: ['user'],
    project: 'never',
    about:
      'Which settings of its own claude reads: user, project, local. Those of a project start programs (hooks) without asking.',
  },
  'agents.claude.command': {
    kind: 'command',
    default: ['claude'],
    env: 'CLAUDE',
    project: 'never',
    about: 'The program that is claude: a path or name, or a list with leading arguments.',
  },
  timeout: {
    kind: 'duration',
    env: 'TIMEOUT',
    project: 'any',
    about: 'How long a turn may take; no limit when unset.',
  },
  wait: {
    kind: 'duration',
    default: '10m',
    env: 'WAIT',
    project: 'any',
    about: 'How long a send waits for the turns before it.',
  },
  stallTimeout: {
    kind: 'duration',
    default: '10m',
    env: 'STALL_TIMEOUT',
    project: 'any',
    about: 'How long an agent may stay silent before it counts as hung.',
  },
  maxRetries: {
    kind: 'count',
    min: 0,
    max: 100,
    env: 'MAX_RETRIES',
    project: 'any',
    about: 'How often the agent repeats a failed call of its API.',
  },
  maxTurns: {
    kind: 'count',
    min: 1,
    max: 100_000,
    env: 'MAX_TURNS',
    project: 'lower',
    about: 'How many model calls a turn may make. A project file can only lower it.',
  },
  maxBudgetUsd: {
    kind: 'money',
    env: 'MAX_BUDGET_USD',
    project: 'lower',
    about: 'What a turn may cost, in US dollars. A project file can only lower it.',
  },
  budgetUsd: {
    kind: 'money',
    env: 'BUDGET_USD',
    project: 'lower',
    about: 'What a new session may cost over all its turns, in US dollars. A project file can only lower it.',
  },
} as const satisfies Record<string, KeySpec>;
