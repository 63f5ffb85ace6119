import type { Session, SessionSummary } from '../model/model.ts';
import type { Author, RecordedChange } from '../model/session-change.ts';

/** The fields that `new` sets. The others follow from its use. */
export type NewSession = Omit<
  Session,
  | 'agentSessionId'
  | 'agentSinceTurn'
  | 'agentContext'
  | 'agentSpent'
  | 'fork'
  | 'lastActiveAt'
  | 'trashedAt'
  | 'messageCount'
  | 'turnCount'
  | 'costUsd'
>;

/** The fields of a session that a user may change. Tags are added to and removed from its current ones. */
export interface SessionChange extends Partial<
  Omit<Session, 'id' | 'agent' | 'tags' | 'createdAt' | 'messageCount' | 'turnCount' | 'costUsd'>
> {
  addTags?: Record<string, string>;
  removeTags?: readonly string[];
}

export interface SessionFilter {
  mode?: string;
  study?: string;
  root?: string;
  /** Every one must match; an empty value matches any value of the key. */
  tags?: Record<string, string>;
  /** Only sessions active at or after this time. */
  activeSince?: number;
  /** Only sessions with these ids. */
  ids?: string[];
  /** Only sessions without these ids. */
  exceptIds?: string[];
  /** `live` excludes trashed sessions. */
  trash?: 'live' | 'trashed' | 'all';
  limit?: number;
}

/** The sessions. Trashed ones are included only where a method says so. */
export interface SessionStore {
  insert(session: NewSession): Promise<void>;
  /** Inserts a session, unless a live one with the name exists. Returns the id of either. */
  insertIfMissing(session: NewSession & { name: string }): Promise<string>;
  find(id: string): Promise<Session | undefined>;
  /** Live sessions with the name, under any root. A root has at most one. */
  findByName(name: string): Promise<Session[]>;
  /** At most `limit` sessions in the trash with the name. */
  findTrashedByName(name: string, limit: number): Promise<Session[]>;
  /** At most `limit` sessions, with trashed ones, whose id begins with `prefix`. */
  findByPrefix(prefix: string, limit: number): Promise<Session[]>;
  /** The live session last active under this root. */
  findLast(root: string): Promise<Session | undefined>;
  /** Newest activity first. */
  list(filter: SessionFilter): Promise<SessionSummary[]>;
  count(filter: SessionFilter): Promise<number>;
  /** Returns false when the session does not exist. Changes by an author are recorded. */
  change(id: string, change: SessionChange, author?: Author): Promise<boolean>;
  /** Oldest first. */
  changes(sessionId: string): Promise<RecordedChange[]>;
  /** Runs work while no turn of the session can begin. Returns false, without running it, when a turn is open. */
  whileIdle(id: string, work: () => void): Promise<boolean>;
  /** The ids of all agent conversations of a session that no other session has. */
  agentConversations(id: string): Promise<string[]>;
}
