import type { StoreStatusRecord } from '../model/records.ts';
import { formatSize } from './size.ts';

/** The status of the store, one fact a line. */
export function renderStoreStatus(status: StoreStatusRecord): string {
  if (!status.exists) return `${status.path}\nnone yet; the first session makes it\n`;
  const facts: [name: string, value: string][] = [
    ['size', `${formatSize(status.bytes)}, ${formatSize(status.free_bytes)} of it free`],
    ['schema', `${status.schema_version}${nameUpdate(status)}`],
    ['sessions', String(status.sessions)],
    ['turns', String(status.turns)],
    ['messages', String(status.messages)],
    ['journal', status.journal_bytes === 0 ? 'empty' : `${formatSize(status.journal_bytes)}, unfinished`],
    ['lock', status.lock === null ? 'free' : `${status.lock.state} ${status.lock.owner}`.trim()],
  ];
  return `${status.path}\n${facts.map(([name, value]) => `${name.padEnd(10)}${value}\n`).join('')}`;
}

function nameUpdate({ schema_version: found, known_schema_version: known }: StoreStatusRecord): string {
  return found < known ? `, which the next command updates to ${known}` : '';
}
