import type { ApprovalStore } from './approval-store.ts';
import type { LeaseStore } from './lease-store.ts';
import type { MessageStore } from './message-store.ts';
import type { RetentionStore } from './retention-store.ts';
import type { SessionStore } from './session-store.ts';
import type { Stats, StatsQuery } from './stats-store.ts';
import type { TranscriptStore } from './transcript-store.ts';
import type { TransferStore } from './transfer-store.ts';
import type { TurnStore } from './turn-store.ts';

/**
 * The storage of all sessions. Every method is one transaction, unless it says otherwise, and durable when it resolves.
 * None holds the store's lock longer than its own statements.
 *
 * A store is a folder beside this file that passes test/store-contract.
 */
export interface Store {
  readonly sessions: SessionStore;
  readonly turns: TurnStore;
  readonly approvals: ApprovalStore;
  readonly messages: MessageStore;
  readonly retention: RetentionStore;
  readonly transfer: TransferStore;
  /** `leases` and `transcripts` exist only in a store that several machines share. */
  readonly leases?: LeaseStore;
  readonly transcripts?: TranscriptStore;
  /** Sums over turns. Days are in order, other keys by cost. */
  stats(query: StatsQuery): Promise<Stats[]>;
  close(): Promise<void>;
}
