import type { Database } from './database.ts';
import { readFloors, readTally } from './retention.ts';
import type { Floors, Tally, Usage } from './retention-store.ts';

/** What all sessions hold, counted in many short transactions. */
export async function readUsage(db: Database): Promise<Usage> {
  const count = async (from: 'live' | 'trash', pinned: boolean): Promise<Tally> => {
    const sum: Tally = { sessions: 0, bytes: 0 };
    for (let after: number | undefined = -1; after !== undefined;) {
      const begin: number = after;
      const { tally, next } = await db.read((tx) => readTally(tx, from, pinned, begin));
      sum.sessions += tally.sessions;
      sum.bytes += tally.bytes;
      after = next;
    }
    return sum;
  };
  return {
    live: { pinned: await count('live', true), unpinned: await count('live', false) },
    trash: { pinned: await count('trash', true), unpinned: await count('trash', false) },
  };
}

/** Where each root's newest sessions begin, looked up in many short transactions. */
export async function findFloors(db: Database, keepLast: number): Promise<Floors> {
  const found: [string, { at: number; row: number }][] = [];
  for (let after: string | undefined = ''; after !== undefined;) {
    const begin: string = after;
    const { floors, next } = await db.read((tx) => readFloors(tx, keepLast, begin));
    found.push(...floors);
    after = next;
  }
  return new Map(found);
}
