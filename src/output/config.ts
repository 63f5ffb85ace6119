import type { SettingRecord } from '../model/records.ts';
import { renderTable } from './table.ts';
import type { Column } from './table.ts';

const COLUMNS: Column[] = [
  { header: 'SETTING' },
  { header: 'VALUE', isFlexible: true },
  { header: 'FROM', isFlexible: true, rank: 1 },
];

/** The effective settings, one a line, with the source of each: a file, a variable, or the default. */
export function renderSettings(settings: readonly SettingRecord[], columns: number | undefined): string {
  const rows = settings.map(({ key, value, origin, source }) => [
    key,
    value === null ? '' : renderValue(value),
    source ?? (value === null ? '' : origin),
  ]);
  return renderTable(COLUMNS, rows, columns);
}

/** A value as text: strings as they are, anything else as JSON. */
export function renderValue(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
