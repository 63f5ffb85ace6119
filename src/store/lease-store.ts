import type { TurnEnd } from './turn-store.ts';

/** Whether the owner still holds the turn. */
export type Lease = 'held' | 'cancelled' | 'lost';

/** Records of a running turn, as JSON. */
export interface ToldPart {
  n: number;
  records: string;
}

/**
 * For a store that several machines share, which can't see each other's processes. An owner holds a turn only while it
 * renews the lease, by the clock of the store. Every write to a turn names its owner, and is refused when the owner has
 * changed.
 */
export interface LeaseStore {
  /**
   * Renews the lease. Call it about every second. It adds the new records ('' for none), for readers on other machines.
   */
  renew(turnId: number, owner: string, records: string): Promise<Lease>;
  /**
   * Adds the complete answer to a turn that was given up because its machine was lost, once. It replaces the partial
   * answer. The turn stays interrupted and belongs to the owner, and its message says that the answer came late.
   * Returns false for any other turn.
   */
  addLate(turnId: number, owner: string, end: TurnEnd): Promise<boolean>;
  isHeld(turnId: number): Promise<boolean>;
  /** Asks the owner, on any machine, to end the turn. */
  cancel(turnId: number): Promise<void>;
  /** The records of a running turn after a part. They are removed when the turn has ended. */
  told(turnId: number, after: number): Promise<ToldPart[]>;
}
