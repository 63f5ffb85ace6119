import type { TurnEnd } from './turn-store.ts';

/** How a turn stands with its owner. */
export type Lease = 'held' | 'cancelled' | 'lost';

/** Records that a running turn has told, as JSON. */
export interface ToldPart {
  n: number;
  records: string;
}

/**
 * For a store that several machines share, which can't look for each other's processes: a turn is its owner's only as long
 * as the owner says so, by the clock of the store. Every write of a turn names its owner, and is refused when that has changed.
 */
export interface LeaseStore {
  /** To be called every second or so; adds what was told since, for who watches from elsewhere ('' for nothing). */
  renew(turnId: number, owner: string, records: string): Promise<Lease>;
  /**
   * Adds the whole answer to a turn that others gave up because its machine was lost, once: in place of what it had told
   * until then. The turn stays interrupted, is the owner's, and its message says that the answer came late. False when it is no such turn.
   */
  addLate(turnId: number, owner: string, end: TurnEnd): Promise<boolean>;
  isHeld(turnId: number): Promise<boolean>;
  /** Asks the owner, wherever it is, to end the turn. */
  cancel(turnId: number): Promise<void>;
  /** What a running turn has told, after a part. It is gone when the turn has ended. */
  told(turnId: number, after: number): Promise<ToldPart[]>;
}
