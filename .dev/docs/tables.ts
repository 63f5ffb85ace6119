import { buildEnvironment } from '../../src/agents/claude/environment.ts';
import { EXIT_STATUS } from '../../src/errors.ts';
import { MOCK_VERBS } from '../../src/agents/mock/verbs/table.ts';
import { buildJsonSchema } from '../../src/model/schema.ts';
import { variableName } from '../../src/settings/environment.ts';
import { KEYS } from '../../src/settings/keys.ts';
import type { KeySpec } from '../../src/settings/kinds.ts';
import { describeType } from './json-type.ts';
import type { JsonSchema } from './json-type.ts';
import { table } from './table.ts';

const MEANINGS: Record<number, string> = {
  0: 'Done',
  1: 'The agent failed, or `session` has an internal error',
  2: 'Wrong usage or settings, a file that cannot be used, or no such turn, message, study or approval',
  3: 'Time ran out',
  4: 'No such session, or more than one',
  5: 'Not permitted',
  6: 'The session is busy with another turn',
  7: 'The budget or the number of model calls is used up',
  8: 'The agent is missing or not logged in',
  9: 'The store cannot be used',
  10: 'Try again later: a usage limit or an overload',
  129: 'Hung up (SIGHUP)',
  130: 'Interrupted (SIGINT)',
  143: 'Terminated (SIGTERM)',
};

/** Each exit status with its meaning and the error codes that have it. */
export function exitStatusRows(): [status: string, meaning: string, codes: string][] {
  const missing = Object.values(EXIT_STATUS).filter((status) => MEANINGS[status] === undefined);
  if (missing.length > 0) throw new Error(`no meaning is given for exit status ${missing.join(', ')}`);
  return Object.entries(MEANINGS).map(([status, meaning]) => {
    const codes = Object.entries(EXIT_STATUS).filter(([, each]) => each === Number(status));
    return [status, meaning, codes.map(([name]) => `\`${name}\``).join(' ')];
  });
}

export function exitStatuses(): string {
  return table(['Status', 'Meaning', '`code` in the `error` record'], exitStatusRows());
}

/** The fields of every record of a turn, which are described once, above the tables. */
const COMMON_FIELDS = ['type', 'session_id', 'turn_id'];

export function records(): string {
  const definitions = buildJsonSchema()['$defs'] as Record<string, JsonSchema>;
  return Object.entries(definitions)
    .map(([name, { properties = {} }]) => {
      const isOfTurn = properties['type']?.const !== undefined;
      const fields = Object.entries(properties).filter(
        ([field]) => !isOfTurn || !COMMON_FIELDS.includes(field),
      );
      const rows = fields.map(([field, schema]) => {
        const { type, about } = describeType(schema);
        return [`\`${field}\``, type, about];
      });
      return `**${name}**\n\n${table(['Field', 'Type', ''], rows)}`;
    })
    .join('\n\n');
}

export function settings(): string {
  const rows = Object.entries<KeySpec>(KEYS).map(([key, spec]) => [
    `\`${key}\``,
    spec.about,
    describeKind(spec),
    spec.default === undefined ? '' : code(spec.default),
    variableName(spec) === undefined ? '' : `\`${variableName(spec)}\``,
    describeRule(spec.project),
    describeRule(spec.untrusted ?? spec.project),
  ]);
  return table(
    ['Setting', 'About', 'Value', 'Default', 'Variable', 'In a trusted project file', 'In an untrusted one'],
    rows,
  );
}

/** The first sentence about each setting, without its full stop. */
export function settingsByName(): string {
  const rows = Object.entries<KeySpec>(KEYS).map(([key, spec]) => [
    `\`${key}\``,
    spec.default === undefined ? '' : code(spec.default),
    /^.*?(?=\.(?:$| [A-Z]))/.exec(spec.about)?.[0] ?? spec.about,
  ]);
  return table(['Setting', 'Default', ''], rows);
}

function describeKind(spec: KeySpec): string {
  switch (spec.kind) {
    case 'choice':
      return spec.choices.map((choice) => `\`${choice}\``).join(' or ');
    case 'flag':
      return '`true` or `false`';
    case 'count':
      return `${spec.min} to ${spec.max}`;
    case 'money':
      return 'US dollars';
    case 'list':
      return 'list';
    case 'patterns':
      return 'list of regular expressions';
    case 'command':
      return 'program, or list of it and its arguments';
    case 'directories':
      return 'list of absolute paths';
    case 'servers':
      return 'servers by name';
    default:
      return spec.kind;
  }
}

const RULES = {
  any: 'yes',
  add: 'adds',
  lower: 'only lower',
  inside: 'inside the root',
  data: 'as data',
  nothing: 'left out',
  never: 'no',
} as const;

function describeRule(rule: KeySpec['project'] | NonNullable<KeySpec['untrusted']>): string {
  return typeof rule === 'object' ? `only ${code(rule.only)}` : RULES[rule];
}

/** The variables in the environment of the agent, its tools and its MCP servers. */
const AGENT_VARIABLES: Record<string, string> = {
  CLAUDE_SESSION_ID: 'Id of the session',
  CLAUDE_SESSION_TURN_ID: 'Id of the turn',
  CLAUDE_SESSION_MODE: '`user` or `power`',
  CLAUDE_SESSION_ROOT: 'The root of the session',
  CLAUDE_SESSION_STUDY: 'Its study, or empty',
  CLAUDE_SESSION_HOME: 'Our home, so that a `session` the agent runs finds the same store',
  ATOMIZER_MODE: 'As `CLAUDE_SESSION_MODE`',
  ATOMIZER_ROOT: 'As `CLAUDE_SESSION_ROOT`',
  ATOMIZER_STUDY: 'As `CLAUDE_SESSION_STUDY`',
  CLAUDE_CODE_DISABLE_BACKGROUND_TASKS: '`1`: no work in the background: it is done within the turn',
  CLAUDE_CODE_DISABLE_CRON: '`1`: the agent schedules no turns of its own',
  MCP_CONNECTION_NONBLOCKING: '`0`: claude waits for its MCP servers …',
  MCP_CONNECT_TIMEOUT_MS: '… for as long as `mcp.connectTimeout` says',
  CLAUDE_CODE_MCP_STARTUP_WAIT_MS:
    'The same, for newer versions; `MCP_TIMEOUT` too where it is more than 30 s',
  CLAUDE_CODE_MAX_RETRIES: 'From `maxRetries`, where that is set',
};

export function agentVariables(): string {
  const facts = { sessionId: '', turnId: 1, mode: 'user', root: '', study: null, home: '' } as const;
  const given = buildEnvironment({}, { ...facts, mcpConnectTimeoutMs: 1, maxRetries: 1, effort: null });
  const unknown = Object.keys(given).filter((name) => AGENT_VARIABLES[name] === undefined);
  if (unknown.length > 0) throw new Error(`nothing is said about the variable ${unknown.join(', ')}`);
  const rows = Object.entries(AGENT_VARIABLES).filter(([name]) => name in given);
  return table(
    ['Variable', 'What it holds'],
    rows.map(([name, about]) => [`\`${name}\``, about]),
  );
}

export function mockVerbs(): string {
  const rows = Object.entries(MOCK_VERBS).map(([name, verb]) => [
    `\`${`${name} ${verb.arguments}`.trim()}\``,
    verb.does,
  ]);
  return table(['Line', 'The mock agent …'], rows);
}

function code(value: unknown): string {
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}
