import { createReadStream, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { SessionError, systemCode } from '../errors.ts';
import type { ImportRecord } from '../model/records.ts';
import { buildImportRules } from '../transfer/import-rules.ts';
import { importStream } from '../transfer/import.ts';
import type { ImportResult } from '../transfer/import.ts';
import { newTally } from '../transfer/incoming.ts';
import type { ImportRules, Tally } from '../transfer/incoming.ts';
import { throwIfAborted } from './abort.ts';
import type { Context } from './context.ts';

/** What to import: the path of a file, or content such as that of `export`, with a name for errors. */
export type ImportSource = string | { name: string; content: AsyncIterable<string | Uint8Array> };

export interface ImportOptions {
  /** Adds turns to existing sessions. */
  merge?: boolean | undefined;
  /** Keeps mode, MCP files, pins, warm agents and directories of the sources. */
  trust?: boolean | undefined;
}

interface ImportWatcher {
  signal?: AbortSignal | undefined;
  onSource?: (name: string) => void;
}

/** At most this many invalid lines are reported for each source. */
const TOLD_LINES = 5;

/**
 * Imports exports and transcripts of claude, one after the other. When aborted, it stops. What was stored stays, and
 * the same import again adds the rest. Throws USAGE for a source in neither format. For a missing file it does so
 * before anything is stored.
 */
export async function importSources(
  context: Context,
  sources: readonly ImportSource[],
  options: ImportOptions,
  watcher: ImportWatcher = {},
): Promise<ImportRecord[]> {
  const { place, paths } = context;
  for (const source of sources)
    if (typeof source === 'string') requireFile(resolve(place.cwd, source), source);
  const settings = await context.settings(place.cwd);
  const { rules, tellDropped } = buildImportRules(
    options,
    { settings, cwd: place.cwd, env: place.env, mockFolder: paths.mock },
    (sentence) => context.notice(sentence),
  );
  const runs: SourceImport[] = [];
  try {
    for (const source of sources) runs.push(await importSource(context, source, rules, watcher));
    // Files of sub-agents may come before that of their session.
    for (const { left } of runs) await left?.end();
  } finally {
    for (const { left } of runs) left?.close();
  }
  tellDropped();
  return runs.map((run) => report(run, context));
}

type SourceImport = ImportResult & { name: string; tally: Tally };

async function importSource(
  context: Context,
  source: ImportSource,
  rules: ImportRules,
  { signal, onSource }: ImportWatcher,
): Promise<SourceImport> {
  const path = typeof source === 'string' ? resolve(context.place.cwd, source) : undefined;
  const name = typeof source === 'string' ? source : source.name;
  const content = typeof source === 'string' ? createReadStream(path!) : source.content;
  onSource?.(name);
  const tally = newTally();
  let told = 0;
  const result = await importStream(untilAborted(content, signal), path, {
    store: await context.store('write'),
    rules,
    tally,
    onBadLine(line, why, sideFile) {
      if (told++ < TOLD_LINES) context.notice(`${sideFile ?? name}, line ${line}: ${why}`);
    },
  });
  if (result.format === null && result.badLines > 0)
    throw new SessionError('USAGE', `${name} is neither an export of session nor a transcript of claude.`);
  return { ...result, name, tally };
}

async function* untilAborted(
  content: AsyncIterable<unknown>,
  signal: AbortSignal | undefined,
): AsyncGenerator<unknown> {
  for await (const piece of content) {
    throwIfAborted(signal);
    yield piece;
  }
}

function report({ name, format, badLines, tally }: SourceImport, context: Context): ImportRecord {
  const plural = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`;
  const bad = badLines === 0 ? '' : `; ${plural(badLines, 'line')} could not be used`;
  const left = tally.leftTurns === 0 ? '' : `, ${tally.leftTurns} left out`;
  context.notice(
    `${name}: ${plural(tally.sessions, 'new session')}, ${plural(tally.turns, 'new turn')}, ${tally.knownTurns} known${left}${bad}`,
  );
  return {
    source: name,
    format,
    sessions: tally.sessions,
    turns: tally.turns,
    known_turns: tally.knownTurns,
    left_turns: tally.leftTurns,
    bad_lines: badLines,
    session_ids: [...tally.ids],
  };
}

function requireFile(path: string, file: string): void {
  try {
    if (!statSync(path).isDirectory()) return;
  } catch (error) {
    throw new SessionError('USAGE', `${file} can't be read (${systemCode(error) ?? String(error)}).`, {
      cause: error,
    });
  }
  throw new SessionError('USAGE', `${file} is a directory.`, {
    hint: `Name the files in it: ${file}/*.jsonl`,
  });
}
