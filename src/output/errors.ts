import type { Output } from '../io.ts';
import { choosePalette } from './colour.ts';
import { toErrorRecord } from '../model/error-record.ts';
import type { Format } from './format.ts';
import type { ErrorRecord } from '../model/records.ts';
import { indentLines } from '../text/safe-text.ts';
import type { Writer } from './writer.ts';

/** Where a failure is told. */
export interface ErrorPlace {
  format: Format;
  writer: Writer;
  io: { stderr: Output; env: Readonly<Record<string, string | undefined>> };
  /** Masks what must not be told. */
  mask(text: string): string;
}

/**
 * Tells a failure: a sentence on stderr and, in JSON and NDJSON, the last record on stdout. Returns the exit status.
 *
 * A JSON document that has begun is complete by itself, so nothing is added to it.
 */
export async function renderError(error: unknown, place: ErrorPlace): Promise<number> {
  const { format, writer, mask } = place;
  const told = toErrorRecord(error);
  const record = { ...told, message: mask(told.message), hint: told.hint && mask(told.hint) };
  if (format === 'ndjson' || (format === 'json' && !writer.hasWritten))
    await writer.write(`${JSON.stringify(record)}\n`);
  await writer.flush();
  printError(record, place.io);
  if (record.code === 'INTERNAL' && place.io.env['CLAUDE_SESSION_DEBUG'] === '1')
    place.io.stderr.write(`${(error as Error)?.stack ?? String(error)}\n`);
  return record.exit_status;
}

/** The sentence for people: what happened and what to do next. */
export function printError(
  record: Pick<ErrorRecord, 'message' | 'hint'>,
  { stderr, env }: ErrorPlace['io'],
): void {
  const paint = choosePalette(stderr, env);
  stderr.write(`${paint.red('session:')} ${indentLines(record.message)}\n`);
  if (record.hint !== null) stderr.write(`${paint.dim(indentLines(record.hint))}\n`);
}
