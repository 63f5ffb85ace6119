import { dirname } from 'node:path';
import { SessionError } from '../errors.ts';
import type { Store } from '../store/store.ts';
import type { Session } from '../model/model.ts';
import { ID, spellName } from './names.ts';

const SHOWN_CANDIDATES = 8;

/**
 * Finds the session that a user names by `@last`, a name, an id, or a unique id prefix (four or more characters).
 *
 * A complete id always means its session. A name has priority over a prefix, so a session named `beef` is found even
 * when an id begins with that. A name is searched first in `directory` and its parents, then everywhere. A session in
 * the trash is found by its name when no live session has it. Throws NO_SESSION or AMBIGUOUS_SESSION, whose hint lists
 * the candidates.
 */
export async function selectSession(store: Store, selector: string, directory: string): Promise<Session> {
  if (selector === '@last') return await selectLast(store, directory);
  const exact = ID.test(selector) ? await store.sessions.find(selector) : undefined;
  if (exact !== undefined) return exact;
  const named = await store.sessions.findByName(spellName(selector));
  if (named.length > 0) return findNearest(named, directory) ?? only(named, selector);
  if (/^[0-9a-f]{4,8}$/.test(selector)) {
    const found = await store.sessions.findByPrefix(selector, SHOWN_CANDIDATES + 1);
    if (found.length > 0) return only(found, selector);
  }
  const trashed = await store.sessions.findTrashedByName(spellName(selector), SHOWN_CANDIDATES + 1);
  if (trashed.length > 0) return only(trashed, selector);
  throw new SessionError('NO_SESSION', `No session matches "${selector}".`, {
    hint: 'See "session list" for what there is, or create one with "session new".',
  });
}

/** Of sessions with the same name, the one with the nearest root at or above a directory, or the only one. */
export function findNearest<T extends Pick<Session, 'root'>>(
  named: readonly T[],
  directory: string,
): T | undefined {
  for (const root of ancestors(directory)) {
    const here = named.find((session) => session.root === root);
    if (here !== undefined) return here;
  }
  return named.length === 1 ? named[0] : undefined;
}

async function selectLast(store: Store, directory: string): Promise<Session> {
  for (const root of ancestors(directory)) {
    const last = await store.sessions.findLast(root);
    if (last !== undefined) return last;
  }
  throw new SessionError('NO_SESSION', `No session has its root at ${directory} or above it.`, {
    hint: 'Create one with "session new", or name a session by its id.',
  });
}

function only(sessions: Session[], selector: string): Session {
  const [session, ...others] = sessions;
  if (others.length === 0) return session!;
  const shown = sessions
    .slice(0, SHOWN_CANDIDATES)
    .map(({ id, name, root }) => `${id} (${name === null || name === selector ? root : `${name}, ${root}`})`);
  throw new SessionError(
    'AMBIGUOUS_SESSION',
    `"${selector}" could be any of ${sessions.length > SHOWN_CANDIDATES ? 'many' : sessions.length} sessions.`,
    {
      hint: `Use one of these ids: ${shown.join(', ')}${sessions.length > SHOWN_CANDIDATES ? ', …' : ''}.`,
    },
  );
}

/** A directory and every one above it, nearest first. */
function ancestors(directory: string): string[] {
  const parent = dirname(directory);
  return parent === directory ? [directory] : [directory, ...ancestors(parent)];
}
