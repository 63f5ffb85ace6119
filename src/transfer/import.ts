import { createReadStream, readdirSync } from 'node:fs';
import path from 'node:path';
import { parseBoundedJson } from '../agents/process/bounded-json.ts';
import type { Store } from '../store/store.ts';
import { readLines } from '../system/read-lines.ts';
import { ClaudeImporter } from './import-claude.ts';
import { isExportKind, JsonlImporter } from './import-jsonl.ts';
import { BadLine } from './incoming.ts';
import type { Importer, ImportRules, Tally } from './incoming.ts';

export interface ImportResult {
  /** Null when no line was recognised. */
  format: 'session' | 'claude' | null;
  badLines: number;
  /** Contains lines of sub-agents whose session is not in the store yet. `end` tries again. The caller closes it. */
  left: ClaudeImporter | undefined;
}

/** Called for each line that can't be used, with the reason, and for a sub-agent's file with its name. */
type OnBadLine = (line: number, why: string, sideFile?: string) => void;

interface ImportTarget {
  store: Store;
  rules: ImportRules;
  tally: Tally;
  onBadLine: OnBadLine;
}

/**
 * Reads sessions from a stream in our format or claude's, and stores them. Lines that can't be used are skipped. For a
 * transcript in a file, the files of its sub-agents in the folder beside it are read too.
 */
export async function importStream(
  stream: AsyncIterable<unknown>,
  file: string | undefined,
  target: ImportTarget,
): Promise<ImportResult> {
  const result: ImportResult = { format: null, badLines: 0, left: undefined };
  const bad: OnBadLine = (...about) => {
    result.badLines++;
    target.onBadLine(...about);
  };
  let importer: Importer | undefined;
  // Claude may have been killed in the middle of a line.
  const isTranscript = (): boolean => importer instanceof ClaudeImporter;
  try {
    const lines = await readRecords(
      stream,
      bad,
      async (record) => {
        if (importer === undefined) {
          result.format = recognise(record);
          const { store, rules, tally } = target;
          importer =
            result.format === 'session'
              ? new JsonlImporter(store, rules, tally)
              : new ClaudeImporter(store, rules, tally);
        }
        await importer.read(record);
      },
      isTranscript,
    );
    if (importer instanceof ClaudeImporter) {
      const agents = importer;
      agents.isSide = true;
      for (const name of file === undefined ? [] : findSideFiles(file))
        await readRecords(
          createReadStream(name),
          (line, why) => bad(line, why, name),
          (record) => agents.read(record),
          isTranscript,
        );
    }
    await attempt(
      async () => importer?.end(),
      (why) => bad(lines, why),
    );
    if (importer instanceof ClaudeImporter && !importer.isDone) result.left = importer;
    return result;
  } finally {
    if (result.left === undefined) importer?.close();
  }
}

/**
 * Reads each record of a stream, and resolves to the number of its lines. `mayBeCut` says whether the last line may be
 * incomplete.
 */
async function readRecords(
  stream: AsyncIterable<unknown>,
  bad: OnBadLine,
  read: (record: Record<string, unknown>) => Promise<void>,
  mayBeCut: () => boolean,
): Promise<number> {
  let number = 0;
  let isArray = false;
  let last: { number: number; why: string } | undefined;
  for await (const line of readLines(stream)) {
    number++;
    const given = number === 1 ? line?.replace(/^\ufeff/, '') : line;
    // What "export --json" prints: one array, a record a line.
    if (number === 1) isArray = given?.trim() === '[';
    const text = isArray ? given?.replace(/^[[\]]$|,$/, '') : given;
    if (text?.trim() === '') continue;
    if (last !== undefined) bad(last.number, last.why);
    last = undefined;
    const record = text === undefined ? 'is too long' : parseRecord(text);
    if (typeof record === 'string') last = { number, why: record };
    else
      await attempt(
        () => read(record),
        (why) => bad(number, why),
      );
  }
  if (last !== undefined && !mayBeCut()) bad(last.number, last.why);
  return number;
}

async function attempt(work: () => Promise<void>, onBad: (why: string) => void): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof BadLine)) throw error;
    onBad(error.message);
  }
}

/** Throws BadLine for a record of neither format. */
function recognise({ type }: Record<string, unknown>): 'session' | 'claude' {
  if (type === 'export') return 'session';
  if (typeof type === 'string' && !isExportKind(type)) return 'claude';
  throw new BadLine('is neither of an export nor of a transcript');
}

/** The object on a line, or what is wrong with it. */
function parseRecord(text: string): Record<string, unknown> | string {
  const value = parseBoundedJson(text);
  if (value === undefined) return 'is not valid JSON';
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : 'is not a JSON object';
}

/** The transcripts of the sub-agents of a transcript. Claude keeps them in a folder with the transcript's name. */
function findSideFiles(file: string): string[] {
  const folder = path.join(path.dirname(file), path.basename(file, '.jsonl'), 'subagents');
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.jsonl'))
      .map((entry) => path.join(entry.parentPath, entry.name))
      .toSorted();
  } catch {
    return [];
  }
}
