import stringWidth from 'string-width';
import { oneLine } from '../text/safe-text.ts';

export interface Column {
  header: string;
  align?: 'left' | 'right';
  /** Whether a narrow terminal may cut its cells. */
  isFlexible?: boolean;
}

const GAP = '  ';
const NARROWEST = 8;

/**
 * Rows under headers, in columns two spaces apart, each line with its newline; an empty cell is `-`, so columns can be counted.
 *
 * With `columns` (a terminal's width) flexible cells are cut to fit; without, nothing ever is.
 */
export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width?: number,
): string {
  const cells = [
    columns.map(({ header }) => header),
    ...rows.map((row) => row.map((cell) => oneLine(cell) || '-')),
  ];
  const widths = columns.map((_, index) => widest(cells, index));
  if (width !== undefined) shrink(widths, columns, width);
  return cells.map((row) => `${renderRow(row, columns, widths)}\n`).join('');
}

/** Cuts a text to a width as a terminal counts it. */
export function cutToWidth(text: string, width: number): string {
  if (stringWidth(text) <= width) return text;
  let cut = '';
  let used = 0;
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    used += stringWidth(segment);
    if (used > width - 1) break;
    cut += segment;
  }
  return `${cut}…`;
}

function widest(cells: readonly (readonly string[])[], index: number): number {
  return cells.reduce((most, row) => Math.max(most, stringWidth(row[index] ?? '')), 0);
}

/** Takes from the widest flexible column, one cell at a time, until the table fits or can't. */
function shrink(widths: number[], columns: readonly Column[], width: number): void {
  let excess = widths.reduce((sum, each) => sum + each, GAP.length * (widths.length - 1)) - width;
  for (; excess > 0; excess--) {
    const flexible = widths.map((each, index) => (columns[index]?.isFlexible === true ? each : 0));
    const most = Math.max(...flexible);
    if (most <= NARROWEST) return;
    widths[flexible.indexOf(most)]! -= 1;
  }
}

function renderRow(row: readonly string[], columns: readonly Column[], widths: readonly number[]): string {
  const padded = columns.map(({ align }, index) => {
    const cell = cutToWidth(row[index] ?? '', widths[index]!);
    const space = ' '.repeat(widths[index]! - stringWidth(cell));
    return align === 'right' ? space + cell : cell + space;
  });
  return padded.join(GAP).trimEnd();
}
