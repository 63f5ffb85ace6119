import prettyMs from 'pretty-ms';
import type { ModeSwitchRecord, SessionRecord, TurnSummaryRecord, WarmRecord } from '../model/records.ts';
import { oneLine } from '../text/safe-text.ts';
import { renderAge } from './sessions.ts';

/** All that `show` tells. */
export interface SessionDetails {
  session: SessionRecord;
  warm: WarmRecord | null;
  turns: readonly TurnSummaryRecord[];
  switches: readonly ModeSwitchRecord[];
}

/** A session as lines of `name: value`, then its latest turns and mode switches. */
export function renderSession({ session, warm, turns, switches }: SessionDetails, now: number): string {
  const budget = session.budget_usd === null ? '' : ` of $${session.budget_usd}`;
  const tags = Object.entries(session.tags).map(([key, value]) => (value === '' ? key : `${key}=${value}`));
  const rows: [string, string | null][] = [
    ['id', session.id],
    ['name', session.name],
    ['state', session.pinned ? `${session.state} (pinned)` : session.state],
    ['warm agent', warm && describeWarm(warm, now)],
    ['mode', session.mode],
    ['root', session.root],
    ['study', session.study],
    ['agent', session.model === null ? session.agent : `${session.agent} (${session.model})`],
    ['agent session', session.agent_session_id],
    ['tags', tags.join(' ') || null],
    ['messages', `${session.message_count} in ${session.turn_count} turns`],
    ['cost', `$${session.cost_usd.toFixed(4)}${budget}`],
    ['created', session.created_at],
    ['last active', `${session.last_active_at} (${renderAge(Date.parse(session.last_active_at), now)})`],
    ['trashed', session.trashed_at],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  const lines = rows.flatMap(([name, value]) =>
    value === null ? [] : [`${`${name}:`.padEnd(width + 1)} ${oneLine(value)}`],
  );
  for (const turn of turns.toReversed()) lines.push(`turn ${turn.id}: ${describeTurn(turn)}`);
  for (const each of switches)
    lines.push(`mode: ${each.from} → ${each.to} by ${oneLine(each.by)} at ${each.at}`);
  return `${lines.join('\n')}\n`;
}

function describeWarm({ pid, since, idle_left_ms }: WarmRecord, now: number): string {
  const left =
    idle_left_ms === null ? 'not answering' : `${prettyMs(idle_left_ms, { compact: true })} idle left`;
  return `process ${pid ?? 'unknown'}, up since ${renderAge(Date.parse(since), now)}, ${left}`;
}

function describeTurn(turn: TurnSummaryRecord): string {
  const words = [turn.status.replace('_', ' '), turn.continuity];
  if (turn.duration_ms !== null) words.push(`${(turn.duration_ms / 1000).toFixed(1)} s`);
  if (turn.error !== null) words.push(oneLine(`${turn.error.code}: ${turn.error.message ?? ''}`));
  return words.filter((word) => word !== null).join(', ');
}
