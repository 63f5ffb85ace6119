import type { Store } from '../../store/store.ts';

/** How many unpinned sessions each reason protects; a session counts once. */
export interface Protected {
  running: number;
  warm: number;
  young: number;
  /** Of them all. */
  live: number;
  trash: number;
}

/** Counts the sessions of each reason, the first of which holds. */
export async function countProtected(
  store: Store,
  ids: Record<'running' | 'warm' | 'young', ReadonlySet<string>>,
): Promise<Protected> {
  const count: Protected = { running: 0, warm: 0, young: 0, live: 0, trash: 0 };
  const seen = new Set<string>();
  for (const reason of ['running', 'warm', 'young'] as const)
    for (const id of ids[reason]) {
      if (seen.has(id)) continue;
      seen.add(id);
      const session = await store.sessions.find(id);
      if (session === undefined || session.pinned) continue;
      count[reason]++;
      count[session.trashedAt === null ? 'live' : 'trash']++;
    }
  return count;
}
