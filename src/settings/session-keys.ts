import { AGENTS, MODES } from '../model/model.ts';
import type { KeySpec } from './kinds.ts';

/** The forms of rules that claude 2.1 applies. It never applies `Write(…)` rules. */
const USER_MAY = [
  'Read',
  'Edit(**/STUDY_REPORT.md)',
  'Edit(**/3_results/*.md)',
  'Bash(python:*)',
  'Bash(python3:*)',
] as const;

/** The settings of what a session is and what it knows. */
export const SESSION_KEYS = {
  agent: {
    kind: 'choice',
    choices: AGENTS,
    default: 'claude',
    env: 'AGENT',
    project: 'never',
    about: 'The agent of new sessions.',
  },
  // Not CLAUDE_SESSION_MODE. The agent's environment has that variable, so a `session new` that the agent runs would
  // get power mode.
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
    untrusted: 'nothing',
    about: 'The model of new sessions, in the form that the agent expects.',
  },
  trustedRoots: {
    kind: 'directories',
    default: [],
    env: 'TRUST',
    project: 'never',
    about:
      'Roots whose own programs and settings may run, see `session trust`. The variable adds to them, in the form of PATH.',
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
    about: 'Tools that user mode may never use. Every layer adds to it.',
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
    untrusted: 'data',
    about: 'Text for the system prompt of every session.',
  },
  'systemPrompt.file': {
    kind: 'path',
    project: 'inside',
    untrusted: 'data',
    about: 'A file with text for the system prompt, relative to the file that names it.',
  },
  'systemPrompt.replace': {
    kind: 'flag',
    default: false,
    project: 'never',
    about: "Whether our system prompt replaces the agent's own one instead of extending it.",
  },
  'replay.messages': {
    kind: 'count',
    min: 0,
    max: 1000,
    default: 10,
    env: 'REPLAY_MESSAGES',
    project: 'any',
    untrusted: 'lower',
    about: 'How many messages are given to an agent that has lost the conversation.',
  },
  'replay.maxChars': {
    kind: 'count',
    min: 0,
    max: 10_000_000,
    default: 100_000,
    project: 'any',
    untrusted: 'lower',
    about: 'The most characters that replayed messages may have. The oldest messages are left out first.',
  },
  'context.maxFileBytes': {
    kind: 'size',
    default: '1MiB',
    project: 'never',
    about: 'The largest file that --context and systemPrompt.file accept.',
  },
} as const satisfies Record<string, KeySpec>;
