import type { Session } from '../model/model.ts';

/** How many sessions, and what they hold. */
export interface Tally {
  sessions: number;
  bytes: number;
}

/** All sessions there are. */
export interface Usage {
  live: { pinned: Tally; unpinned: Tally };
  trash: { pinned: Tally; unpinned: Tally };
}

/** What to do with the oldest sessions of a kind, a bounded number at a time. Pinned ones are never meant. */
export interface CollectStep {
  from: 'live' | 'trash';
  /** Only sessions last active (or put into the trash) at this time or before. */
  until: number;
  /** Takes no further session once those it took held so much. */
  enoughBytes?: number | undefined;
  /** The sessions that a root keeps. */
  floors?: Floors | undefined;
  /** Sessions to leave alone, by id. Those with an open turn are left alone anyway. */
  spare: readonly string[];
  /** Where the step before ended; undefined for the first. */
  after?: AgeCursor | undefined;
  /** To the trash as of a time, gone for good, or only looked at. */
  fate: { trashedAt: number } | 'purge' | 'none';
  /** Whether to tell which sessions were taken. */
  withSessions?: boolean;
}

export interface CollectResult {
  taken: Tally;
  /** How many were left because their root keeps them. */
  kept: number;
  /** Undefined when there are no more. */
  next: AgeCursor | undefined;
  /** Sessions that are marked only, so that nobody gets them back: `purge` does the rest. */
  unfinished: MarkedSession[];
  /** Those taken, if asked for. */
  sessions: CollectedSession[];
}

/** A session that is being deleted, and the conversations that its turns had with the agent, as far as no other session has them. */
export interface MarkedSession extends Pick<Session, 'id' | 'agent'> {
  conversations: string[];
}

export interface CollectedSession extends Pick<Session, 'id' | 'name' | 'root' | 'lastActiveAt'> {
  bytes: number;
}

/** A place among sessions in order of age. */
export type AgeCursor = readonly (number | string)[];

/** The oldest session that a root keeps; of a root that is missing, all are kept. */
export type Floors = ReadonlyMap<string, { at: number; row: number }>;

/** Putting sessions away, and deleting them for good. */
export interface RetentionStore {
  usage(): Promise<Usage>;
  /** Where each root's newest `keepLast` sessions begin. */
  floors(keepLast: number): Promise<Floors>;
  collect(step: CollectStep): Promise<CollectResult>;
  /** Moves a session to the trash; false when a turn of it is open. One that is there already stays as it is. */
  trash(id: string, at: number): Promise<boolean>;
  /** Brings a session back, as active now; false when it can't be: not in the trash (any more), or being deleted. */
  restore(id: string, at: number): Promise<boolean>;
  /**
   * Deletes trashed sessions with all they hold, or a part of that: resolves to those of which there is more to delete.
   * What is begun can't be restored; gc ends it if nobody else does.
   */
  purge(ids: readonly string[]): Promise<readonly string[]>;
  /** Drops the words of what was deleted from the search index, or a part of them: false while there are more. */
  cleanIndex(): Promise<boolean>;
  /** Rewrites the file without its free pages, and returns how many bytes shorter it is. Others wait meanwhile. */
  vacuum(): Promise<number>;
}
