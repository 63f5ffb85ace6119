/** Checks what programs give: they may be written in JavaScript, and what is stored is trusted later. */
import * as v from 'valibot';
import { SessionError } from '../errors.ts';
import { AGENTS, EFFORTS, MODES, ROLES, SESSION_STATES } from '../model/model.ts';
import { STATS_KEYS } from '../store/stats-store.ts';
import { EXPORT_FORMATS } from '../transfer/export-text.ts';
import type { ChangeRequest } from './change.ts';
import type { CreateRequest } from './create.ts';
import type { ExportRequest } from './export.ts';
import type { ForkOptions } from './fork.ts';
import type { GcOptions } from './gc.ts';
import type { HistoryRequest } from './history.ts';
import type { ImportOptions } from './import.ts';
import type { ListRequest } from './list.ts';
import type { RemoveOptions } from './remove.ts';
import type { SearchRequest } from './search.ts';
import type { SendOptions } from './session-turns.ts';
import type { StatsRequest } from './stats.ts';
import type { TurnChoice } from './turns.ts';

type Request = CreateRequest & ChangeRequest & Omit<SendOptions, 'agent'> & HistoryRequest & ListRequest;
type More = SearchRequest & StatsRequest & GcOptions & RemoveOptions & ForkOptions & TurnChoice;
type Given = keyof (Request & More & ExportRequest & ImportOptions);

const text = v.string();
const texts = v.array(text);
const flag = v.boolean();
const amount = v.pipe(v.number(), v.finite(), v.minValue(0));
const count = v.pipe(amount, v.integer());
const dollars = v.pipe(amount, v.gtValue(0));
const effort = v.picklist(EFFORTS);
const forTurn = { model: text, effort, fallbackModel: text, addedDirs: texts };

/** The names under which the methods have what is not an option checked. */
type Argument = 'file' | 'message' | 'query' | 'sources' | 'value';
type Other = 'always' | 'format' | 'fromNow' | 'onTaken';

/** All options by their names: each means the same in every method that takes it. */
const OPTIONS: Record<Given | Other | Argument, v.GenericSchema> = {
  ...all(text, 'name', 'root', 'study', 'systemPrompt', 'session', 'recordPath', 'file', 'message', 'query'),
  ...all(texts, 'contextFiles', 'mcpConfigs', 'tags', 'untag', 'clear', 'sessions'),
  ...all(flag, 'ifMissing', 'warm', 'ask', 'pinned', 'requireMcp', 'failOnDenied', 'expand', 'dryRun'),
  ...all(flag, 'vacuum', 'force', 'purge', 'transcript', 'redact', 'merge', 'trust', 'always', 'fromNow'),
  ...all(amount, 'timeoutMs', 'stallTimeoutMs', 'waitMs', 'waitLimitMs', 'idleMs', 'askTimeoutMs'),
  ...all(amount, 'maxAgeMs', 'purgeAfterMs', 'maxBytes'),
  ...all(count, 'maxRetries', 'keepLast', 'limit', 'snippetWords', 'before', 'atMessage', 'turnId'),
  ...all(dollars, 'budgetUsd', 'maxBudgetUsd'),
  ...all(v.number(), 'since', 'until', 'activeSince'),
  ...forTurn,
  maxTurns: v.pipe(count, v.minValue(1)),
  mode: v.picklist(MODES),
  agent: v.union([v.picklist(AGENTS), v.partial(v.strictObject(forTurn))]),
  role: v.picklist(ROLES),
  state: v.picklist(SESSION_STATES),
  order: v.picklist(['best', 'newest']),
  by: v.picklist(STATS_KEYS),
  format: v.picklist(EXPORT_FORMATS),
  schema: v.record(text, v.unknown()),
  attach: v.array(v.union([text, v.object({ name: text, content: v.instance(Uint8Array) })])),
  sources: v.array(v.union([text, v.object({ name: text, content: v.custom(isAsyncIterable) })])),
  value: v.union([text, v.number(), flag, v.looseObject({}), v.array(v.unknown())]),
  signal: v.instance(AbortSignal),
  onTaken: v.function(),
};

function all<Name extends string>(schema: v.GenericSchema, ...names: Name[]): Record<Name, v.GenericSchema> {
  return Object.fromEntries(names.map((name) => [name, schema])) as Record<Name, v.GenericSchema>;
}

function isAsyncIterable(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

/** Throws USAGE for an option that does not exist, and for a value that an option can't have. */
export function checkOptions(given: object): void {
  if (typeof given !== 'object' || given === null)
    throw new SessionError('USAGE', 'The options have to be an object.');
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue;
    if (!Object.hasOwn(OPTIONS, name)) throw new SessionError('USAGE', `There is no option "${name}".`);
    const { issues } = v.safeParse(OPTIONS[name as keyof typeof OPTIONS], value);
    if (issues === undefined) continue;
    const where = v.getDotPath(issues[0]);
    throw new SessionError(
      'USAGE',
      `"${where === null ? name : `${name}.${where}`}" is not valid. ${issues[0].message}.`,
    );
  }
}
