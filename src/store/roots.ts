/** Maps roots in a shared store to directories of this machine (the setting `roots`). */
import path from 'node:path';
import { SessionError } from '../errors.ts';
import type { Store } from './store.ts';
import type { ImportTransaction } from './transfer-store.ts';

/** A directory in the store, and the one on this machine. */
interface RootPair {
  stored: string;
  here: string;
}

/** Reads the setting's entries, `STORED=HERE`. Throws SETTINGS_INVALID. */
export function parseRoots(entries: readonly string[]): RootPair[] {
  return entries.map((entry) => {
    const at = entry.indexOf('=');
    const [stored, here] = [entry.slice(0, at), entry.slice(at + 1)];
    if (at !== -1 && [stored, here].every((root) => path.isAbsolute(root)))
      return { stored: trim(stored), here: trim(here) };
    throw new SessionError('SETTINGS_INVALID', `roots: "${entry}" does not name two absolute paths.`, {
      hint: 'For example: "/home/ann/work=/builds/work", first the path in the store.',
    });
  });
}

function trim(root: string): string {
  return root.length > 1 ? root.replace(/\/+$/, '') : root;
}

/** Replaces the first directory that is the root or contains it. */
function move(root: string, pairs: readonly RootPair[], from: keyof RootPair, to: keyof RootPair): string {
  const pair = pairs.find((each) => root === each[from] || root.startsWith(`${each[from]}/`));
  return pair === undefined ? root : pair[to] + root.slice(pair[from].length);
}

/** Wraps a store, so that its sessions have the roots of this machine. */
export function withRoots(store: Store, pairs: readonly RootPair[]): Store {
  if (pairs.length === 0) return store;
  const toStored = <T extends { root?: string }>(given: T): T =>
    given.root === undefined ? given : { ...given, root: move(given.root, pairs, 'here', 'stored') };
  const toHere = <T extends { root: string }>(given: T): T => ({
    ...given,
    root: move(given.root, pairs, 'stored', 'here'),
  });
  const ifAny = <T extends { root: string }>(given: T | undefined): T | undefined => given && toHere(given);
  const all = <T extends { root: string }>(given: T[]): T[] => given.map(toHere);
  const { sessions, retention, transfer } = store;
  return {
    ...store,
    sessions: {
      ...sessions,
      insert: (session) => sessions.insert(toStored(session)),
      insertIfMissing: (session) => sessions.insertIfMissing(toStored(session)),
      find: async (id) => ifAny(await sessions.find(id)),
      findByName: async (name) => all(await sessions.findByName(name)),
      findTrashedByName: async (name, limit) => all(await sessions.findTrashedByName(name, limit)),
      findByPrefix: async (prefix, limit) => all(await sessions.findByPrefix(prefix, limit)),
      findLast: async (root) => ifAny(await sessions.findLast(toStored({ root }).root)),
      list: async (filter) => all(await sessions.list(toStored(filter))),
      count: (filter) => sessions.count(toStored(filter)),
      change: (id, change, author) => sessions.change(id, toStored(change), author),
    },
    retention: {
      ...retention,
      async *plan(request) {
        for await (const step of retention.plan(request)) yield { ...step, sessions: all(step.sessions) };
      },
    },
    transfer: {
      ...transfer,
      pageSessions: async (afterId, limit) => all(await transfer.pageSessions(afterId, limit)),
      import: (work) => transfer.import((tx) => work(mapImport(tx))),
    },
  };

  function mapImport(tx: ImportTransaction): ImportTransaction {
    return {
      ...tx,
      *findSession(id) {
        return ifAny(yield* tx.findSession(id));
      },
      *findByTranscript(transcript) {
        return ifAny(yield* tx.findByTranscript(transcript));
      },
      addSession: (session, changes, at) => tx.addSession(toStored(session), changes, at),
      updateSession: (session, change) => tx.updateSession(toStored(session), toStored(change)),
    };
  }
}
