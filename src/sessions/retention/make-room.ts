import { rmSync, statfsSync } from 'node:fs';
import type { Paths } from '../../settings/paths.ts';

/** What the store needs to delete sessions: SQLite writes the pages that it changes to a journal first. */
const ROOM_BYTES = 4 << 20;

/** On a disk that is nearly full, deletes the cache of compiled code, so that there is room to delete sessions. */
export function makeRoom({ home, cache }: Pick<Paths, 'home' | 'cache'>): void {
  try {
    const { bavail, bsize } = statfsSync(home);
    if (bavail * bsize < ROOM_BYTES) rmSync(cache, { recursive: true, force: true });
  } catch {
    // Whoever opens the store finds out what is wrong with the home directory.
  }
}
