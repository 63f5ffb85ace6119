/** How many sessions, and what they hold. */
export interface Tally {
  sessions: number;
  bytes: number;
}

/** What gc is asked for. */
export interface GcRequest {
  /** Now. */
  at: number;
  maxAgeMs: number;
  idleMs: number;
  purgeAfterMs: number;
  /** How many sessions of each root stay whatever their age. */
  keepLast: number;
  /** What all sessions together may hold. */
  maxBytes: number | undefined;
  /** Does nothing, and reports what it would do: the same to the byte. */
  isDryRun: boolean;
}

/** Why sessions stay as they are. */
export const KEEP_REASONS = ['pinned', 'running', 'warm', 'young', 'last', 'trash'] as const;
export type KeepReason = (typeof KEEP_REASONS)[number];

/** What gc did, or would do. */
export interface GcReport {
  /** Turns whose process was gone. */
  settledTurns: number;
  /** Warm agents that were idle. */
  stoppedAgents: number;
  trashed: Tally;
  /** Deleted for good; some of those perhaps trashed just before. */
  purged: Tally;
  /** Of the purged ones, those that had to go for the size alone. */
  purgedForSize: Tally;
  /** Of what ran and is no more. */
  removedDirectories: number;
  /** Neither trashed nor purged. */
  kept: Tally;
  reasons: Record<KeepReason, number>;
  /** What all sessions hold afterwards. */
  storedBytes: number;
}
