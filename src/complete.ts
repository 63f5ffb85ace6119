/**
 * `session __complete <kind> [prefix]`: what the shells' completions ask for while one types.
 *
 * Prints a candidate a line, with a tab and its title where it has one; nothing at all when something is wrong. It has to
 * answer between two keystrokes, so it loads nothing that it can do without.
 */
import type { Io } from './io.ts';
import { oneLine } from './text/safe-text.ts';
import { Writer } from './output/writer.ts';

interface Candidate {
  value: string;
  title: string;
}

const LIMIT = 200;
/** A store in use for longer is not waited for. */
const LOCK_WAIT_MS = 300;

const KINDS: Record<string, (prefix: string, io: Io) => Promise<Candidate[]>> = {
  sessions: async (prefix, io) => [
    { value: '@last', title: 'the one last active here' },
    ...(await findSessions(prefix, 'live', io)),
  ],
  recipients: async (prefix, io) => [
    { value: '@last', title: 'the one last active here' },
    { value: '@new', title: 'a new one' },
    ...(await findSessions(prefix, 'live', io)),
  ],
  trash: (prefix, io) => findSessions(prefix, 'trashed', io),
  studies: async (_prefix, { cwd }) => {
    const { findStudies } = await import('./studies/study-folder.ts');
    return findStudies(cwd).map((value) => ({ value, title: '' }));
  },
};

/** Resolves to 0, whatever happens: a completion has nobody to complain to. */
export async function start([kind = '', prefix = '']: string[], io: Io): Promise<number> {
  const writer = new Writer(io.stdout);
  try {
    const found = (await KINDS[kind]?.(prefix, io)) ?? [];
    const fitting = found.filter(({ value }) => value.startsWith(prefix) && value === oneLine(value));
    for (const { value, title } of fitting.slice(0, LIMIT))
      writer.write(title === '' ? `${value}\n` : `${value}\t${oneLine(title)}\n`);
    await writer.end();
  } catch {
    // No candidates, then.
  }
  return 0;
}

/** Each session by its name, where that says which one is meant, and by its id. */
async function findSessions(prefix: string, trash: 'live' | 'trashed', io: Io): Promise<Candidate[]> {
  const { buildPaths } = await import('./settings/paths.ts');
  const { readTitles } = await import('./store/titles.ts');
  const { renderAge } = await import('./output/sessions.ts');
  const { findNearest } = await import('./sessions/select.ts');
  const query = { prefix, trash, limit: LIMIT };
  const sessions = await readTitles(buildPaths(io.env).store, query, { timeoutMs: LOCK_WAIT_MS });
  const now = Date.now();
  return sessions.flatMap((session) => {
    const { id, name, study, last_active_at: at } = session;
    const title = (...words: (string | null)[]): string =>
      [...words, study, renderAge(at, now)].filter((word) => word !== null).join(' · ');
    const named = sessions.filter((other) => other.name === name);
    const isName = name !== null && trash === 'live' && findNearest(named, io.cwd)?.id === id;
    return [...(isName ? [{ value: name, title: title(id) }] : []), { value: id, title: title(name) }];
  });
}
