import type { Readable } from 'node:stream';
import { isTranscript } from './claude-line.ts';
import { ClaudeImporter } from './import-claude.ts';
import { JsonlImporter } from './import-jsonl.ts';
import type { Importer } from './incoming.ts';
import type { Intake } from './intake.ts';
import { readLines } from '../system/read-lines.ts';

export interface ImportResult {
  /** Null when nothing was recognised. */
  format: 'session' | 'claude' | null;
  badLines: number;
}

/** Told of each line that can't be used, and why. */
type OnBadLine = (line: number, why: string) => void;

/**
 * Reads sessions from a stream, ours or claude's, whichever it is, and hands them to the intake. What can be used is, even
 * if lines between can't.
 */
export async function importStream(
  stream: Readable,
  intake: Intake,
  onBadLine: OnBadLine,
): Promise<ImportResult> {
  const result: ImportResult = { format: null, badLines: 0 };
  const bad = (line: number, why: string): void => {
    result.badLines++;
    onBadLine(line, why);
  };
  let importer: Importer | undefined;
  let number = 0;
  const take = async (incoming: ReturnType<Importer['read']>): Promise<void> => {
    for (const each of incoming)
      if (each.type === 'session') await intake.begin(each);
      else if (each.type === 'turn') await intake.add(each.turn);
      else bad(each.line, each.why);
  };
  for await (const text of readLines(stream)) {
    number++;
    if (text?.trim() === '') continue;
    const record = text === undefined ? 'is too long' : parseRecord(text);
    if (typeof record === 'string') {
      bad(number, record);
      continue;
    }
    if (importer === undefined) {
      result.format = recognise(record);
      if (result.format === null) {
        bad(number, 'is neither of an export nor of a transcript');
        continue;
      }
      importer = result.format === 'session' ? new JsonlImporter() : new ClaudeImporter();
    }
    await take(importer.read(record, number));
  }
  if (importer !== undefined) await take(importer.end(number));
  await intake.flush();
  return result;
}

function recognise(record: Record<string, unknown>): ImportResult['format'] {
  if (record['type'] === 'export') return 'session';
  return isTranscript(record) ? 'claude' : null;
}

/** The object on a line, or what is wrong with it. */
function parseRecord(text: string): Record<string, unknown> | string {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : 'is no JSON object';
  } catch {
    return 'is no JSON';
  }
}
