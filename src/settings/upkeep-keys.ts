import type { KeySpec } from './kinds.ts';

/** The settings of the store, warm agents, retention and redaction. */
export const UPKEEP_KEYS = {
  'store.url': {
    kind: 'text',
    env: 'STORE_URL',
    project: 'never',
    about: 'A PostgreSQL database for the history of all machines, instead of the file here.',
  },
  roots: {
    kind: 'list',
    default: [],
    env: 'ROOTS',
    project: 'never',
    about:
      'Directories that are elsewhere here than in the database of `store.url`, as `STORED=HERE`; roots of sessions in them are too.',
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
    about: 'gc: how many of the newest sessions of each root are kept, whatever their age.',
  },
  'retention.maxSize': {
    kind: 'size',
    project: 'never',
    about: 'gc: what all sessions together may hold; the oldest go first.',
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
