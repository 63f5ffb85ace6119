import prettyMs from 'pretty-ms';
import { cacheReadRatio } from '../model/usage.ts';
import type { StatsRecord } from '../model/records.ts';
import { oneLine } from '../text/safe-text.ts';
import { renderTable } from './table.ts';
import type { Column } from './table.ts';

const BAR_WIDTH = 16;
const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

const SUMS: Column[] = [
  { header: 'TURNS', align: 'right' },
  { header: 'FAILED', align: 'right', rank: 7 },
  { header: 'CALLS', align: 'right', rank: 4 },
  { header: 'DENIED', align: 'right', rank: 3 },
  { header: 'TOKENS IN', align: 'right', rank: 6 },
  { header: 'CACHED', align: 'right', rank: 2 },
  { header: 'TOKENS OUT', align: 'right', rank: 5 },
  { header: 'TIME', align: 'right', rank: 8 },
  { header: 'COST', align: 'right' },
];

/**
 * The sums as a table with a line of totals; '' when there are none. On a terminal (`columns` is its width) a bar shows
 * each row's share of the cost, or of the turns when nothing has a cost.
 */
export function renderStats(rows: readonly StatsRecord[], columns: number | undefined): string {
  const [first] = rows;
  if (first === undefined) return '';
  const table: Column[] = [{ header: first.by.toUpperCase(), isFlexible: true }, ...SUMS];
  const cells = [...rows, total(rows)].map((row) => renderRow(row));
  if (columns !== undefined) {
    table.push({ header: '', rank: 1 });
    const bars = renderBars(rows);
    cells.forEach((row, index) => row.push(bars[index] ?? ' '));
  }
  return renderTable(table, cells, columns).replaceAll(/ +-?$/gm, '');
}

function renderRow(row: Omit<StatsRecord, 'by'>): string[] {
  const { input_tokens, cache_read_input_tokens, cache_creation_input_tokens, output_tokens } = row.usage;
  return [
    oneLine([row.key, row.name].filter((word) => word !== null).join(' ')),
    String(row.turns),
    String(row.turns - row.completed),
    String(row.num_turns),
    String(row.denials),
    String(input_tokens + cache_read_input_tokens + cache_creation_input_tokens),
    row.cache_read_ratio === null ? '' : `${Math.round(row.cache_read_ratio * 100)}%`,
    String(output_tokens),
    prettyMs(row.duration_ms, { secondsDecimalDigits: 0, unitCount: 2 }),
    `$${row.cost_usd.toFixed(4)}`,
  ];
}

/** A bar for each row, in eighths of a character. */
function renderBars(rows: readonly StatsRecord[]): string[] {
  const values = rows.map(({ cost_usd }) => cost_usd);
  const shown = values.some((value) => value > 0) ? values : rows.map(({ turns }) => turns);
  const most = Math.max(...shown, Number.MIN_VALUE);
  return shown.map((value) => {
    const eighths = Math.round((value / most) * BAR_WIDTH * 8);
    return '█'.repeat(Math.floor(eighths / 8)) + EIGHTHS[eighths % 8]!;
  });
}

function total(rows: readonly StatsRecord[]): Omit<StatsRecord, 'by'> {
  const sum = (of: (row: StatsRecord) => number): number => rows.reduce((all, row) => all + of(row), 0);
  const tokens = {
    input_tokens: sum(({ usage }) => usage.input_tokens),
    output_tokens: sum(({ usage }) => usage.output_tokens),
    cache_read_input_tokens: sum(({ usage }) => usage.cache_read_input_tokens),
    cache_creation_input_tokens: sum(({ usage }) => usage.cache_creation_input_tokens),
  };
  return {
    key: 'total',
    name: null,
    turns: sum(({ turns }) => turns),
    completed: sum(({ completed }) => completed),
    num_turns: sum(({ num_turns }) => num_turns),
    denials: sum(({ denials }) => denials),
    usage: tokens,
    cache_read_ratio: cacheReadRatio(tokens),
    cost_usd: sum(({ cost_usd }) => cost_usd),
    duration_ms: sum(({ duration_ms }) => duration_ms),
  };
}
