/**
 * Every setting, once. Validation, JSON Schema, types, environment names, what a project file may say and the listing in
 * `session config list` all come from this table; reading it costs nothing at start-up.
 */
import { AGENTS, MODES } from '../core/model.ts';
import type { KeySpec } from './kinds.ts';

const USER_MAY = [
  'Read',
  'Edit(**/STUDY_REPORT.md)',
  'Edit(**/3_results/*.md)',
  'Bash(python:*)',
  'Bash(python3:*)',
] as const;

export const KEYS = {
  agent: {
    kind: 'choice',
    choices: AGENTS,
    default: 'claude',
    env: 'AGENT',
    project: 'never',
    about: 'The agent of new sessions.',
  },
  // Not CLAUDE_SESSION_MODE: the agent's own environment has that, and a `session new` inside it would inherit power.
  mode: {
    kind: 'choice',
    choices: MODES,
    default: 'user',
    env: 'DEFAULT_MODE',
    project: { only: 'user' },
    about: 'The mode of new sessions.',
  },
  model: {
    kind: 'text',
    env: 'MODEL',
    project: 'any',
    about: 'The model of new sessions, as the agent spells it.',
  },
  allowPower: {
    kind: 'flag',
    default: true,
    env: 'ALLOW_POWER',
    project: { only: false },
    about: 'Whether power mode may be used at all.',
  },
  'permissions.user.allow': {
    kind: 'list',
    default: USER_MAY,
    project: 'never',
    about: 'Tools that user mode may use without asking, as rules of the agent.',
  },
  'permissions.user.deny': {
    kind: 'list',
    default: [],
    project: 'add',
    about: 'Tools that user mode never may use. Every layer adds to it.',
  },
  'permissions.power.deny': {
    kind: 'list',
    default: [],
    project: 'add',
    about: 'Tools that even power mode may not use. Every layer adds to it.',
  },
  'systemPrompt.text': {
    kind: 'text',
    project: 'any',
    about: 'Text for the system prompt of every session.',
  },
  'systemPrompt.file': {
    kind: 'path',
    project: 'inside',
    about: 'A file with text for the system prompt, relative to the file that names it.',
  },
  'systemPrompt.replace': {
    kind: 'flag',
    default: false,
    project: 'never',
    about: "Whether ours replaces the agent's own system prompt instead of extending it.",
  },
  'replay.messages': {
    kind: 'count',
    min: 0,
    max: 1000,
    default: 10,
    env: 'REPLAY_MESSAGES',
    project: 'any',
    about: 'How many messages are given to an agent that has lost the conversation.',
  },
  'replay.maxChars': {
    kind: 'count',
    min: 0,
    max: 10_000_000,
    default: 100_000,
    project: 'any',
    about: 'The most characters that replayed messages may take; the oldest go first.',
  },
  'context.maxFileBytes': {
    kind: 'size',
    default: '256KiB',
    project: 'any',
    about: 'How much of a context file is taken; the rest is cut, and said so.',
  },
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
  warm: {
    kind: 'flag',
    default: false,
    env: 'WARM',
    project: { only: false },
    about: 'Whether new sessions keep their agent up between turns.',
  },
  idle: {
    kind: 'duration',
    default: '1h',
    env: 'IDLE',
    project: 'never',
    about: 'How long a warm agent stays up without a turn.',
  },
  'retention.maxAge': {
    kind: 'duration',
    default: '24h',
    project: 'never',
    about: 'gc: sessions not active for so long go to the trash.',
  },
  'retention.idle': {
    kind: 'duration',
    default: '1h',
    project: 'never',
    about: 'gc: warm agents without a turn for so long are stopped.',
  },
  'retention.purgeAfter': {
    kind: 'duration',
    default: '30d',
    project: 'never',
    about: 'gc: sessions in the trash for so long are deleted for good.',
  },
  'retention.keepLast': {
    kind: 'count',
    min: 0,
    max: 1_000_000,
    project: 'never',
    about: 'gc: so many sessions of each root are kept, whatever their age.',
  },
  'retention.maxSize': {
    kind: 'size',
    project: 'never',
    about: 'gc: what all sessions together may take on disk.',
  },
  'redact.enabled': {
    kind: 'flag',
    default: false,
    env: 'REDACT',
    project: { only: true },
    about: 'Whether secrets are masked in all that is written.',
  },
  'redact.patterns': {
    kind: 'patterns',
    project: 'never',
    about: 'Regular expressions of what to mask, instead of the built-in ones.',
  },
  'redact.stream': {
    kind: 'flag',
    default: false,
    project: { only: true },
    about: 'Whether the answer on stdout is masked too.',
  },
} as const satisfies Record<string, KeySpec>;

export type SettingKey = keyof typeof KEYS;

export const SETTING_KEYS = Object.keys(KEYS) as SettingKey[];

export function isSettingKey(key: string): key is SettingKey {
  return Object.hasOwn(KEYS, key);
}
