import { SessionError } from '../errors.ts';
import { BUG_HINT, describeBug } from '../model/error-record.ts';
import { selfOwner } from '../system/owner.ts';
import type { Store } from '../store/store.ts';
import type { Turn } from '../model/model.ts';
import { buildEnd } from './turn-end.ts';
import type { Built, TurnFailure } from './turn-end.ts';

/**
 * Stores a turn's end; false when the turn was not this owner's to end (any more). A whole answer is stored also then,
 * as a late one (`isLate`), where another machine had given the turn up.
 *
 * A turn always ends: where a fault of ours keeps its answer from being read or written, it ends as failed without it.
 */
export async function finishTurn(
  store: Store,
  turn: Turn,
  owner: string,
  build: () => Built | Promise<Built>,
): Promise<Built & { isStored: boolean; isLate: boolean }> {
  try {
    const built = await build();
    const isStored = await store.turns.finish(turn.id, owner, built.end);
    return { ...built, isStored, isLate: !isStored && (await addLate(store, turn, built)) };
  } catch (error) {
    const failure = describeFault(error);
    const built = await buildEnd({
      turn,
      trace: undefined,
      ended: undefined,
      stopReason: undefined,
      failure,
    });
    return { ...built, isStored: await store.turns.finish(turn.id, owner, built.end), isLate: false };
  }
}

/** Adds an answer to a turn that another machine gave up, if it is whole; false when that was done, or it is no such turn. */
export async function addLate(
  { leases }: Pick<Store, 'leases'>,
  { id }: Turn,
  { end }: Built,
): Promise<boolean> {
  return leases !== undefined && end.status === 'completed' && (await leases.addLate(id, selfOwner(), end));
}

/** What a turn ends with when something of ours fails in it. Throws what is no fault of ours. */
export function describeFault(error: unknown): TurnFailure {
  if (error instanceof SessionError) throw error;
  return { status: 'failed', code: 'INTERNAL', message: describeBug(error), hint: BUG_HINT };
}
