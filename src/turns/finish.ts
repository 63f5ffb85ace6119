import { SessionError } from '../errors.ts';
import { BUG_HINT, describeBug } from '../model/error-record.ts';
import type { Store } from '../store/store.ts';
import type { Turn } from '../model/model.ts';
import { buildEnd } from './turn-end.ts';
import type { Built, TurnFailure } from './turn-end.ts';

/**
 * Stores a turn's end; false when the turn was not this owner's to end (any more).
 *
 * A turn always ends: where a fault of ours keeps its answer from being read or written, it ends as failed without it.
 */
export async function finishTurn(
  store: Store,
  turn: Turn,
  owner: string,
  build: () => Built | Promise<Built>,
): Promise<Built & { isStored: boolean }> {
  try {
    const built = await build();
    return { ...built, isStored: await store.turns.finish(turn.id, owner, built.end) };
  } catch (error) {
    const failure = describeFault(error);
    const built = await buildEnd({
      turn,
      trace: undefined,
      ended: undefined,
      stopReason: undefined,
      failure,
    });
    return { ...built, isStored: await store.turns.finish(turn.id, owner, built.end) };
  }
}

/** What a turn ends with when something of ours fails in it. Throws what is no fault of ours. */
export function describeFault(error: unknown): TurnFailure {
  if (error instanceof SessionError) throw error;
  return { status: 'failed', code: 'INTERNAL', message: describeBug(error), hint: BUG_HINT };
}
