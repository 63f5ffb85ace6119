import type { SearchRecord } from '../model/records.ts';
import { renderAge } from './sessions.ts';
import { renderTable } from './table.ts';
import type { Column } from './table.ts';

const COLUMNS: Column[] = [
  { header: 'SESSION' },
  { header: 'NAME', isFlexible: true, rank: 4 },
  { header: 'MESSAGE', align: 'right', rank: 1 },
  { header: 'ROLE', rank: 2 },
  { header: 'AGE', rank: 3 },
  { header: 'TEXT', isFlexible: true },
];

/** The matches as a table; '' when there are none. */
export function renderHits(hits: readonly SearchRecord[], columns: number | undefined, now: number): string {
  if (hits.length === 0) return '';
  const rows = hits.map((hit) => [
    hit.session_id,
    hit.session_name ?? '',
    String(hit.message_id),
    hit.role,
    renderAge(Date.parse(hit.created_at), now),
    hit.snippet,
  ]);
  return renderTable(COLUMNS, rows, columns);
}
