import { resolve } from 'node:path';
import type { Io } from '../io.ts';
import type { SessionTitle } from '../library/choices.ts';
import type { Candidate, Completion } from './completion-candidates.ts';
import type { GivenWords, OptionTable, PositionalTable, ValueKind } from './define.ts';

const LIMIT = 200;

const LAST: Candidate = { value: '@last', about: 'the session last active here' };
const NEW: Candidate = { value: '@new', about: 'a new session' };

/** The candidates for an option or positional, from the beginning of its value and the words before it. */
export async function findValues(
  { choices, completes }: PositionalTable[string] | OptionTable[string],
  typed: string,
  given: GivenWords,
  io: Io,
): Promise<Completion> {
  const declared = completes ?? (choices as readonly string[] | undefined);
  const kind = (typeof declared === 'function' ? declared(given) : declared) ?? [];
  if (kind === 'files' || kind === 'directories') return { candidates: [], paths: kind };
  const candidates =
    typeof kind === 'string'
      ? await FINDERS[kind](typed, given, io)
      : kind.map((value) => ({ value, about: '' }));
  return { candidates, paths: 'nothing' };
}

type Finder = (typed: string, given: GivenWords, io: Io) => Promise<Candidate[]>;

const FINDERS: Record<Exclude<ValueKind, 'files' | 'directories'>, Finder> = {
  sessions: async (typed, _given, io) => [LAST, ...(await listSessions(typed, 'live', io))],
  recipients: async (typed, _given, io) => [LAST, NEW, ...(await listSessions(typed, 'live', io))],
  trash: async (typed, _given, io) => await listSessions(typed, 'trashed', io),
  approvals: async (_typed, _given, io) => {
    const { findApprovals } = await import('../library/choices.ts');
    const { renderCall } = await import('../output/approvals.ts');
    return (await findApprovals(io.env)).map(({ id, tool, input }) => ({
      value: id,
      about: renderCall(tool, input),
    }));
  },
  studies: async (_typed, given, io) => {
    const { findStudies } = await import('../studies/study-folder.ts');
    try {
      return findStudies(await findRoot(given, io)).map((value) => ({ value, about: '' }));
    } catch {
      return [];
    }
  },
  settings: async () => {
    const { KEYS } = await import('../settings/keys.ts');
    return Object.entries(KEYS).map(([value, { about }]) => ({ value, about }));
  },
};

/** Each session by its name, if that is unambiguous, and by its id. */
async function listSessions(typed: string, trash: 'live' | 'trashed', io: Io): Promise<Candidate[]> {
  const { renderAge } = await import('../output/sessions.ts');
  const { findNearest } = await import('../sessions/select.ts');
  const sessions = await findTitles(typed, trash, io);
  const now = Date.now();
  return sessions.flatMap(({ id, name, study, last_active_at: at }) => {
    const describe = (other: string | null): string =>
      [other, study, renderAge(at, now)].filter((word) => word !== null).join(' · ');
    const named = sessions.filter((each) => each.name === name);
    const isName = name !== null && trash === 'live' && findNearest(named, io.cwd)?.id === id;
    const byId = { value: id, about: describe(name) };
    return isName ? [{ value: name, about: describe(id) }, byId] : [byId];
  });
}

async function findTitles(prefix: string, trash: 'live' | 'trashed', io: Io): Promise<SessionTitle[]> {
  const titles = await import('../library/choices.ts');
  return await titles.findTitles(io.env, { prefix, trash, limit: LIMIT });
}

/** The root for studies: the one that was given, or that of the given session. */
async function findRoot({ root, session }: GivenWords, io: Io): Promise<string> {
  if (root !== undefined) return resolve(io.cwd, root);
  if (session === undefined || session === '@last') return io.cwd;
  const { findNearest } = await import('../sessions/select.ts');
  const titles = await findTitles(session, 'live', io);
  const named = titles.filter(({ name }) => name === session);
  return (findNearest(named, io.cwd) ?? titles[0])?.root ?? io.cwd;
}
