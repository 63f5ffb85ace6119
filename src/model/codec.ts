import type { Approval } from './approval.ts';
import type { Session, Turn } from './model.ts';
import { roundUsd } from './usd.ts';

/**
 * How a field is stored and printed: unchanged, as JSON, as 0 or 1, as a time, or as dollars. A time is in milliseconds in
 * a row, and ISO 8601 in a record. Dollars are rounded in a record.
 */
type Kind = 'plain' | 'json' | 'flag' | 'time' | 'usd';

/** A row's or a record's fields, by their names with underscores. */
export type Fields = Record<string, unknown>;

/** Converts a noun to a row or a record and back. The names are the noun's own, with underscores. */
export interface Codec<Noun> {
  /** The columns of all fields but `leftOut`, in the order of declaration. */
  columns(leftOut?: readonly (keyof Noun)[]): string[];
  /** Converts the fields that are given. */
  toRow(noun: Partial<Noun>): Record<string, string | number | null>;
  /** Converts the columns that exist. */
  fromRow(row: object): Noun;
  /** Converts the fields that are given, without `leftOut`. */
  toRecord(noun: Partial<Noun>, leftOut?: readonly (keyof Noun)[]): Fields;
  /** Converts the fields that exist. */
  fromRecord(record: object): Noun;
}

/** Declares how each field of a noun is stored and printed. */
function codec<Noun extends object>(kinds: Record<keyof Noun & string, Kind>): Codec<Noun> {
  const fields = Object.entries<Kind>(kinds).map(([name, kind]) => ({
    name,
    kind,
    column: toSnakeCase(name),
  }));

  const allBut = (leftOut: readonly (keyof Noun)[]): typeof fields =>
    fields.filter(({ name }) => !leftOut.includes(name as keyof Noun));

  /** Converts the fields that exist. */
  function map(
    from: object,
    [key, newKey]: ['name' | 'column', 'name' | 'column'],
    convert: (value: unknown, kind: Kind) => unknown,
    chosen = fields,
  ): Fields {
    const mapped: Fields = {};
    for (const field of chosen) {
      const value = (from as Fields)[field[key]];
      if (value === undefined) continue;
      mapped[field[newKey]] = value === null ? null : convert(value, field.kind);
    }
    return mapped;
  }
  return {
    columns: (leftOut = []) => allBut(leftOut).map(({ column }) => column),
    toRow: (noun) => map(noun, ['name', 'column'], toColumn) as ReturnType<Codec<Noun>['toRow']>,
    fromRow: (row) => map(row, ['column', 'name'], fromColumn) as Noun,
    toRecord: (noun, leftOut = []) => map(noun, ['name', 'column'], toField, allBut(leftOut)),
    fromRecord: (record) => map(record, ['column', 'name'], fromField) as Noun,
  };
}

function toSnakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function toColumn(value: unknown, kind: Kind): unknown {
  if (kind === 'json') return JSON.stringify(value);
  return kind === 'flag' ? Number(value) : value;
}

function fromColumn(value: unknown, kind: Kind): unknown {
  if (kind === 'json') return JSON.parse(value as string);
  return kind === 'flag' ? value !== 0 : value;
}

function toField(value: unknown, kind: Kind): unknown {
  if (kind === 'usd') return roundUsd(value as number);
  return kind === 'time' ? new Date(value as number).toISOString() : value;
}

function fromField(value: unknown, kind: Kind): unknown {
  return kind === 'time' ? Date.parse(value as string) : value;
}

export const TURN = codec<Turn>({
  id: 'plain',
  sessionId: 'plain',
  status: 'plain',
  owner: 'plain',
  continuity: 'plain',
  limits: 'json',
  errorCode: 'plain',
  errorMessage: 'plain',
  retryAt: 'time',
  usage: 'json',
  usageByModel: 'json',
  costUsd: 'plain',
  numTurns: 'plain',
  permissionDenials: 'json',
  output: 'json',
  durationMs: 'plain',
  ttftMs: 'plain',
  model: 'plain',
  agentVersion: 'plain',
  exitCode: 'plain',
  queuedAt: 'time',
  startedAt: 'time',
  endedAt: 'time',
});

export const SESSION = codec<Session>({
  id: 'plain',
  name: 'plain',
  mode: 'plain',
  root: 'plain',
  study: 'plain',
  agent: 'plain',
  model: 'plain',
  effort: 'plain',
  fallbackModel: 'plain',
  addedDirs: 'json',
  agentSessionId: 'plain',
  agentSinceTurn: 'plain',
  agentContext: 'json',
  agentSpent: 'json',
  fork: 'json',
  systemPrompt: 'plain',
  attachments: 'json',
  mcpConfigs: 'json',
  warm: 'flag',
  ask: 'flag',
  allowedTools: 'json',
  pinned: 'flag',
  tags: 'json',
  budgetUsd: 'usd',
  createdAt: 'time',
  lastActiveAt: 'time',
  trashedAt: 'time',
  messageCount: 'plain',
  turnCount: 'plain',
  costUsd: 'usd',
});

export const APPROVAL = codec<Approval>({
  id: 'plain',
  sessionId: 'plain',
  turnId: 'plain',
  toolUseId: 'plain',
  tool: 'plain',
  input: 'json',
  rule: 'plain',
  askedAt: 'time',
  expiresAt: 'time',
  answer: 'plain',
  message: 'plain',
  always: 'flag',
});
