import prettyMs from 'pretty-ms';
import type {
  SessionChangeRecord,
  SessionDetailsRecord,
  SessionGivenRecord,
  SessionRecord,
  TurnSummaryRecord,
  WarmRecord,
} from '../model/records.ts';
import { oneLine } from '../text/safe-text.ts';
import { renderAge } from './sessions.ts';

const SHOWN_CHANGES = 10;
/** The length of a value in the line of a change. */
const MAX_VALUE = 60;

/** A session as lines of `name: value`, then its latest turns and changes. */
export function renderSession(session: SessionDetailsRecord, now: number): string {
  const { warm_agent: warm, last_turns: turns, changes } = session;
  const budget = session.budget_usd === null ? '' : ` of $${session.budget_usd}`;
  const rows: [string, string | null][] = [
    ['id', session.id],
    ['name', session.name],
    ['state', session.pinned ? `${session.state} (pinned)` : session.state],
    ['warm agent', warm && describeWarm(warm, now)],
    ['mode', session.ask && session.mode === 'user' ? `${session.mode} (asks)` : session.mode],
    ['allowed-tools', session.allowed_tools.join(', ') || null],
    ['root', session.root],
    ['study', session.study],
    ['agent', renderAgent(session)],
    ['fallback-model', session.fallback_model],
    ['add-dir', session.added_dirs.join(' ') || null],
    ['agent session', session.agent_session_id],
    ['tag', renderTags(session.tags) || null],
    ['messages', `${session.message_count} in ${session.turn_count} turns`],
    ['cost', `$${session.cost_usd.toFixed(4)}${budget}`],
    ['created', session.created_at],
    ['last active', `${session.last_active_at} (${renderAge(Date.parse(session.last_active_at), now)})`],
    ['trashed', session.trashed_at],
  ];
  const lines = renderFacts(rows.filter(([, value]) => value !== null));
  for (const turn of turns.toReversed()) lines.push(`turn ${turn.id}: ${describeTurn(turn)}`);
  const earlier = changes.length - SHOWN_CHANGES;
  if (earlier > 0) lines.push(`${earlier} earlier changes are in --json`);
  for (const each of changes.slice(-SHOWN_CHANGES)) lines.push(describeChange(each));
  return `${lines.join('\n')}\n`;
}

/** The current values of everything that `set` can change, by the names of its options. */
export function renderChangeable(session: SessionGivenRecord): string {
  const lines = renderFacts([
    ['name', session.name],
    ['root', session.root],
    ['model', session.model],
    ['effort', session.effort],
    ['fallback-model', session.fallback_model],
    ['add-dir', session.added_dirs.join(' ')],
    ['system-prompt', session.system_prompt],
    ['context', session.context_files.join(' ')],
    ['mcp-config', session.mcp_configs.join(' ')],
    ['budget-usd', session.budget_usd === null ? null : String(session.budget_usd)],
    ['tag', renderTags(session.tags)],
    ['allowed-tools', session.allowed_tools.join(', ')],
    ['ask', session.ask ? 'yes' : 'no'],
    ['warm', session.warm ? 'yes' : 'no'],
    ['pin', session.pinned ? 'yes' : 'no'],
  ]);
  return `${lines.join('\n')}\n`;
}

function renderAgent({ agent, model, effort }: SessionRecord): string {
  const words = [model, effort === null ? null : `${effort} effort`].filter((word) => word !== null);
  return words.length === 0 ? agent : `${agent} (${words.join(', ')})`;
}

function renderFacts(facts: readonly [name: string, value: string | null][]): string[] {
  const width = Math.max(...facts.map(([name]) => name.length));
  return facts.map(([name, value]) => `${`${name}:`.padEnd(width + 1)} ${oneLine(value ?? '') || '-'}`);
}

function renderTags(tags: object): string {
  return Object.entries(tags)
    .map(([key, value]) => (value === '' ? key : `${key}=${value}`))
    .join(' ');
}

function describeWarm({ pid, since, idle_left_ms }: WarmRecord, now: number): string {
  const left =
    idle_left_ms === null ? 'not answering' : `${prettyMs(idle_left_ms, { compact: true })} idle left`;
  return `process ${pid ?? 'unknown'}, up since ${renderAge(Date.parse(since), now)}, ${left}`;
}

function describeChange({ what, from, to, by, at }: SessionChangeRecord): string {
  return `${what.replace('_', ' ')}: ${describeValue(from)} → ${describeValue(to)} by ${oneLine(by)} at ${at}`;
}

function describeValue(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  const text = Array.isArray(value)
    ? value.join(' ')
    : typeof value === 'object'
      ? renderTags(value ?? {})
      : String(value);
  const line = oneLine(text) || '-';
  return line.length > MAX_VALUE ? `${[...line].slice(0, MAX_VALUE).join('')}…` : line;
}

function describeTurn(turn: TurnSummaryRecord): string {
  const words = [turn.status.replace('_', ' '), turn.continuity];
  if (turn.duration_ms !== null) words.push(`${(turn.duration_ms / 1000).toFixed(1)} s`);
  if (turn.error !== null) words.push(oneLine(`${turn.error.code}: ${turn.error.message ?? ''}`));
  return words.filter((word) => word !== null).join(', ');
}
