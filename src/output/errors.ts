import type { Output } from '../io.ts';
import { choosePalette } from './colour.ts';
import type { Colour } from './colour.ts';
import { toErrorRecord } from '../model/error-record.ts';
import type { ErrorRecord } from '../model/records.ts';
import { indentLines } from '../text/safe-text.ts';
import type { Printer } from './printer.ts';

/** Where errors are printed for people. */
export interface ErrorPlace {
  io: { stderr: Output; env: Readonly<Record<string, string | undefined>> };
  colour?: Colour;
}

/**
 * Prints a failure: a sentence on stderr and, in JSON and NDJSON, the last record on stdout. Returns the exit status.
 * `mask` replaces secrets in it.
 */
export async function printFailure(
  error: unknown,
  place: ErrorPlace & { printer: Printer; mask(text: string): string },
): Promise<number> {
  const { printer, mask, io } = place;
  const told = toErrorRecord(error);
  const record = { ...told, message: mask(told.message), hint: told.hint && mask(told.hint) };
  await printer.failure(record);
  await printer.writer.flush();
  printError(record, place);
  if (record.code === 'INTERNAL' && io.env['CLAUDE_SESSION_DEBUG'] === '1')
    io.stderr.write(`${(error as Error)?.stack ?? String(error)}\n`);
  return record.exit_status;
}

/** Prints the sentences for people: what happened, and the hint. */
export function printError(
  record: Pick<ErrorRecord, 'message' | 'hint'>,
  { io: { stderr, env }, colour }: ErrorPlace,
): void {
  const paint = choosePalette(stderr, env, colour);
  stderr.write(`${paint.red('session:')} ${indentLines(record.message)}\n`);
  if (record.hint !== null) stderr.write(`${paint.dim(indentLines(record.hint))}\n`);
}
