import type { Session } from '../model/model.ts';

/** Counts of the sessions in the trash, or of those outside it. */
export interface Usage {
  sessions: number;
  /** How many of them are pinned. */
  pinned: number;
  bytes: number;
}

/** The reasons for which sessions are removed. Pinned sessions are never removed. */
export interface PlanRequest {
  /** Now. */
  at: number;
  /** Sessions that were not active for this time are moved to the trash. */
  maxAgeMs: number;
  /** Sessions that were in the trash for this time are deleted. */
  purgeAfterMs: number;
  /** How many sessions of each root are kept at any age. Sessions that are kept as `young` are not counted. */
  keepLast: number;
  /** How many bytes have to be deleted: first from the trash, then from the live sessions, the oldest of each first. */
  excessBytes: number;
  /** Sessions that must not be removed, by id, and the reason. */
  spare: ReadonlyMap<string, 'running' | 'warm' | 'young'>;
}

/** Some sessions to which the same is done. */
export interface PlanStep {
  action: 'trash' | 'purge';
  /** They are removed only to free space. */
  isForSize: boolean;
  /** `fresh`: an earlier step moves, or has moved, them to the trash. */
  from: 'live' | 'trash' | 'fresh';
  /** Oldest first. */
  sessions: PlannedSession[];
  /** How many sessions between these are kept because of `keepLast`. */
  kept: number;
}

export interface PlannedSession extends Pick<
  Session,
  'id' | 'name' | 'root' | 'agent' | 'lastActiveAt' | 'trashedAt'
> {
  bytes: number;
}

/** A session to which the step was applied. */
export interface TakenSession extends PlannedSession {
  /** For a session that is to be deleted: the agent's conversations of its turns that no other session uses. */
  conversations: string[];
}

/** Moves sessions to the trash, and deletes them permanently. */
export interface RetentionStore {
  usage(): Promise<{ live: Usage; trash: Usage }>;
  /**
   * Plans what is to be done, as steps in order. The result does not depend on whether a step is applied before the
   * next one is requested. Other processes can use the store between and during steps.
   */
  plan(request: PlanRequest): AsyncIterable<PlanStep>;
  /**
   * Moves the sessions of a step to the trash, or marks them as being deleted, so that they can't be restored; then
   * `purge` deletes them. Leaves out sessions that were used or changed since the plan, and resolves to the others.
   * Uses several transactions.
   */
  apply(step: PlanStep, at: number): Promise<TakenSession[]>;
  /** Corrects times in the future, which come from a wrong clock: the age of such a session begins now. */
  correctTimes(now: number): Promise<void>;
  /**
   * Moves a session to the trash. Returns false when a turn of it is open. A session that is in the trash already is
   * not changed.
   */
  trash(id: string, at: number): Promise<boolean>;
  /**
   * Restores a session and sets its last activity to `at`. Returns false when it is not in the trash (any longer), or
   * is being deleted.
   */
  restore(id: string, at: number): Promise<boolean>;
  /**
   * Deletes trashed sessions with all their content, for a short time. `purged` are the sessions that were deleted
   * completely, and `left` those that need further calls. A session whose deletion has begun can't be restored. If
   * nobody else completes it, gc does.
   */
  purge(ids: readonly string[]): Promise<{ purged: string[]; left: readonly string[] }>;
  /**
   * Removes the words of deleted messages from the search index, a part at a time. Returns false while there are more.
   */
  cleanIndex(): Promise<boolean>;
  /**
   * Rewrites the file without its free pages, and returns how many bytes shorter it is. Other processes wait meanwhile.
   */
  vacuum(): Promise<number>;
}
