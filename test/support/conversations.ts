import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Store } from '../../src/store/store.ts';
import type { NewSession } from '../../src/store/session-store.ts';
import type { TurnEnd } from '../../src/store/turn-store.ts';
import { openTestStore } from './test-store.ts';
import { newSession, newTurn, turnEnd } from './store-model.ts';

/** A question with its time and its answer. */
export interface Exchange {
  asked: string;
  answered?: string | string[];
  at?: number;
  end?: Partial<TurnEnd>;
}

/** Opens the store at a path while `work` runs. */
export async function withStore<T>(file: string, work: (store: Store) => Promise<T>): Promise<T> {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const store = await openTestStore(file);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

/** Stores a session with these turns, one after the other. */
export async function addConversation(
  store: Store,
  session: Partial<NewSession>,
  exchanges: Exchange[],
): Promise<void> {
  const { id } = newSession(session);
  await store.sessions.insert(newSession(session));
  for (const { asked, answered = 'ok', at = 1_800_000_000_000, end = {} } of exchanges) {
    const { turn } = await store.turns.enqueue(newTurn(id, { message: asked, at }));
    const answer = typeof answered === 'string' ? [answered] : answered;
    await store.turns.finish(
      turn.id,
      'me',
      turnEnd({ answer, endedAt: at + 1000, durationMs: 1000, ...end }),
    );
  }
}
