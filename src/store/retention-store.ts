import type { Session } from '../model/model.ts';

/** What there is, in the trash or out of it. */
export interface Usage {
  sessions: number;
  /** How many of them are pinned. */
  pinned: number;
  bytes: number;
}

/** What sessions are to go for. Pinned ones are never meant. */
export interface PlanRequest {
  /** Now. */
  at: number;
  /** Those not active for so long go to the trash. */
  maxAgeMs: number;
  /** Those in the trash for so long go for good. */
  purgeAfterMs: number;
  /** How many sessions of each root stay whatever their age; those that are spared as young come on top. */
  keepLast: number;
  /** So much has to go for good; from the trash first, then from the live, the oldest of each first. */
  excessBytes: number;
  /** Sessions to leave alone, by id, and why. */
  spare: ReadonlyMap<string, 'running' | 'warm' | 'young'>;
}

/** Some sessions with one fate. */
export interface PlanStep {
  action: 'trash' | 'purge';
  /** They go to make room, and would stay otherwise. */
  isForSize: boolean;
  /** `fresh` are those that a step before puts, or has put, into the trash. */
  from: 'live' | 'trash' | 'fresh';
  /** Oldest first. */
  sessions: PlannedSession[];
  /** How many that come between these stay because their root keeps them. */
  kept: number;
}

export interface PlannedSession extends Pick<
  Session,
  'id' | 'name' | 'root' | 'agent' | 'lastActiveAt' | 'trashedAt'
> {
  bytes: number;
}

/** A session that was taken. */
export interface TakenSession extends PlannedSession {
  /** For one to be deleted: those that its turns had with the agent, as far as no other session has them. */
  conversations: string[];
}

/** Putting sessions away, and deleting them for good. */
export interface RetentionStore {
  usage(): Promise<{ live: Usage; trash: Usage }>;
  /**
   * What is to be done, in order, step by step. Whether a step is applied before the next one is asked for makes no
   * difference to what comes. Others get at the store between and during steps.
   */
  plan(request: PlanRequest): AsyncIterable<PlanStep>;
  /**
   * Moves the sessions of a step to the trash, or marks them as being deleted, so that nobody gets them back; `purge` does
   * the rest. Leaves out those that were used or changed since, and resolves to the others. Several transactions.
   */
  apply(step: PlanStep, at: number): Promise<TakenSession[]>;
  /** Times that are still to come were taken from a wrong clock: the age of such a session begins now. */
  correctTimes(now: number): Promise<void>;
  /** Moves a session to the trash; false when a turn of it is open. One that is there already stays as it is. */
  trash(id: string, at: number): Promise<boolean>;
  /** Brings a session back, as active now; false when it can't be: not in the trash (any more), or being deleted. */
  restore(id: string, at: number): Promise<boolean>;
  /**
   * Deletes trashed sessions with all they hold, as many as go in a moment: `purged` are those whose end this was, and
   * `left` those of which there is more to delete. What is begun can't be restored; gc ends it if nobody else does.
   */
  purge(ids: readonly string[]): Promise<{ purged: string[]; left: readonly string[] }>;
  /** Drops the words of what was deleted from the search index, or a part of them: false while there are more. */
  cleanIndex(): Promise<boolean>;
  /** Rewrites the file without its free pages, and returns how many bytes shorter it is. Others wait meanwhile. */
  vacuum(): Promise<number>;
}
