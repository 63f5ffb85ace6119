import { SessionError } from '../errors.ts';
import { BUG_HINT, describeBug } from '../model/error-record.ts';
import { selfOwner } from '../system/owner.ts';
import type { Store } from '../store/store.ts';
import type { Turn } from '../model/model.ts';
import { buildEnd } from './turn-end.ts';
import type { Built, TurnFailure } from './turn-end.ts';

/**
 * Stores a turn's end. False when this owner no longer owns the turn. When another machine had given the turn up, a
 * complete answer is still stored, as a late one (`isLate`).
 *
 * A turn always ends: when our own error prevents that its answer is read or stored, it ends as failed without it.
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

/**
 * Adds a complete answer to a turn that another machine gave up. False when that was done already, or the turn was not
 * given up.
 */
export async function addLate(
  { leases }: Pick<Store, 'leases'>,
  { id }: Turn,
  { end }: Built,
): Promise<boolean> {
  return leases !== undefined && end.status === 'completed' && (await leases.addLate(id, selfOwner(), end));
}

/** The failure of a turn in which our own code fails. Throws other errors. */
export function describeFault(error: unknown): TurnFailure {
  if (error instanceof SessionError) throw error;
  return { status: 'failed', code: 'INTERNAL', message: describeBug(error), hint: BUG_HINT };
}
