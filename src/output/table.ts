import stringWidth from 'string-width';
import { oneLine } from '../text/safe-text.ts';

export interface Column {
  header: string;
  align?: 'left' | 'right';
  /** Whether cells may be cut on a narrow terminal. */
  isFlexible?: boolean;
  /** Columns with a rank are left out when the terminal is too narrow, the lowest rank first. */
  rank?: number;
}

const GAP = '  ';
const NARROWEST = 8;
/** A flexible column narrower than this makes another column be left out. */
const COMFORTABLE = 12;

/**
 * Rows below headers, in columns two spaces apart, each line with its newline. An empty cell is `-`, so that columns
 * can be counted.
 *
 * With the width of a terminal, columns are left out and flexible cells are cut to fit. Without a width nothing is cut.
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
  const shown = width === undefined ? [...columns.keys()] : choose(widths, columns, width);
  if (width !== undefined) shrink(widths, columns, shown, width);
  return cells.map((row) => `${renderRow(row, columns, widths, shown)}\n`).join('');
}

/** Cuts a text to a width in terminal columns. */
export function cutToWidth(text: string, width: number): string {
  return stringWidth(text) <= width ? text : `${headOf(text, width - 1)}…`;
}

/** Breaks a text between words into lines of at most this width. A longer word is broken too. */
export function wrapToWidth(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (stringWidth(longer) <= width) {
      line = longer;
      continue;
    }
    if (line !== '') lines.push(line);
    line = word;
    for (let head = headOf(line, width); head.length < line.length; head = headOf(line, width)) {
      lines.push(head);
      line = line.slice(head.length);
    }
  }
  return [...lines, line];
}

/** As many whole characters of a text as fit, but at least one. */
function headOf(text: string, width: number): string {
  let head = '';
  let used = 0;
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    used += stringWidth(segment);
    if (used > width && head !== '') break;
    head += segment;
  }
  return head;
}

function widest(cells: readonly (readonly string[])[], index: number): number {
  return cells.reduce((most, row) => Math.max(most, stringWidth(row[index] ?? '')), 0);
}

/** The indexes of the columns that fit. */
function choose(widths: readonly number[], columns: readonly Column[], width: number): number[] {
  let shown = [...columns.keys()];
  const least = (index: number): number =>
    columns[index]?.isFlexible === true ? Math.min(widths[index]!, COMFORTABLE) : widths[index]!;
  const rankOf = (index: number): number => columns[index]?.rank ?? Infinity;
  while (lineWidth(shown.map(least)) > width) {
    const lowest = Math.min(...shown.map(rankOf));
    if (lowest === Infinity) break;
    shown = shown.filter((index) => rankOf(index) > lowest);
  }
  return shown;
}

/** Makes the widest flexible column one character narrower, until the table fits or no column can shrink. */
function shrink(widths: number[], columns: readonly Column[], shown: readonly number[], width: number): void {
  const flexible = shown.filter((index) => columns[index]?.isFlexible === true);
  for (let excess = lineWidth(shown.map((index) => widths[index]!)) - width; excess > 0; excess--) {
    const most = Math.max(...flexible.map((index) => widths[index]!));
    if (most <= NARROWEST) return;
    widths[flexible.find((index) => widths[index] === most)!]! -= 1;
  }
}

function lineWidth(widths: readonly number[]): number {
  return widths.reduce((sum, each) => sum + each, GAP.length * (widths.length - 1));
}

function renderRow(
  row: readonly string[],
  columns: readonly Column[],
  widths: readonly number[],
  shown: readonly number[],
): string {
  const padded = shown.map((index) => {
    const cell = cutToWidth(row[index] ?? '', widths[index]!);
    const space = ' '.repeat(widths[index]! - stringWidth(cell));
    return columns[index]?.align === 'right' ? space + cell : cell + space;
  });
  return padded.join(GAP).trimEnd();
}
