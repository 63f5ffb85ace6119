import { toErrorRecord } from '../model/error-record.ts';
import { writeJson } from './json-text.ts';
import type { Writer } from './writer.ts';

/**
 * Prints records as they come: one array in `json` (`[]` when there are none), one line each in `ndjson`.
 *
 * If they break off, the array is closed behind an `error` record, so that it stays valid, and the failure goes on.
 */
export async function renderRecords(
  records: Iterable<object> | AsyncIterable<object>,
  format: 'json' | 'ndjson',
  writer: Writer,
): Promise<void> {
  if (format === 'ndjson') {
    for await (const record of records) await writeLine(record, writer);
    return;
  }
  let opening = '[\n';
  try {
    for await (const record of records) {
      await writer.write(opening);
      opening = ',\n';
      await writeJson(record, writer);
    }
  } catch (error) {
    await writer.write(opening + JSON.stringify(toErrorRecord(error)));
    opening = ',\n';
    throw error;
  } finally {
    await writer.write(opening === '[\n' ? '[]\n' : '\n]\n');
  }
}

/** Prints one record; one document is the same in `json` and `ndjson`. */
export async function renderRecord(record: object, writer: Writer): Promise<void> {
  await writeLine(record, writer);
}

async function writeLine(record: object, writer: Writer): Promise<void> {
  try {
    await writeJson(record, writer);
  } finally {
    await writer.write('\n');
  }
}
