import type { SessionRecord } from '../model/records.ts';
import { renderTable } from './table.ts';
import type { Column } from './table.ts';

const COLUMNS: Column[] = [
  { header: 'ID' },
  { header: 'NAME', isFlexible: true },
  { header: 'STATE', rank: 6 },
  { header: 'MODE', rank: 1 },
  { header: 'STUDY', isFlexible: true, rank: 2 },
  { header: 'TURNS', align: 'right', rank: 3 },
  { header: 'COST', align: 'right', rank: 4 },
  { header: 'ACTIVE' },
  { header: 'ROOT', isFlexible: true, rank: 5 },
];

const UNITS = [
  { letter: 'y', ms: 365 * 86_400_000 },
  { letter: 'd', ms: 86_400_000 },
  { letter: 'h', ms: 3_600_000 },
  { letter: 'm', ms: 60_000 },
  { letter: 's', ms: 1000 },
];

/** Sessions as a table; '' when there are none. `columns` is the width of a terminal. */
export function renderSessions(
  sessions: readonly SessionRecord[],
  columns: number | undefined,
  now: number,
): string {
  if (sessions.length === 0) return '';
  const rows = sessions.map((session) => [
    session.id,
    session.name ?? '',
    session.pinned ? `${session.state} (pinned)` : session.state,
    session.mode,
    session.study ?? '',
    String(session.turn_count),
    session.cost_usd > 0 ? `$${session.cost_usd.toFixed(4)}` : '',
    renderAge(Date.parse(session.last_active_at), now),
    session.root,
  ]);
  return renderTable(COLUMNS, rows, columns);
}

/** The age, in its largest unit. */
export function renderAge(at: number, now: number): string {
  const age = now - at;
  const unit = UNITS.find(({ ms }) => age >= ms);
  return unit === undefined ? 'now' : `${Math.floor(age / unit.ms)}${unit.letter} ago`;
}
