import type { Session, SessionSummary } from '../model/model.ts';
import type { Author, RecordedChange } from '../model/session-change.ts';

/** What `new` decides; the rest of a session follows from its use. */
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

/** What a user may change of a session. Tags are added to and removed from those that it has then. */
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
  /** Only these, by id. */
  ids?: string[];
  /** All but these. */
  exceptIds?: string[];
  /** `live` leaves trashed ones out. */
  trash?: 'live' | 'trashed' | 'all';
  limit?: number;
}

/** The sessions, trashed ones too where it says so. */
export interface SessionStore {
  insert(session: NewSession): Promise<void>;
  /** Inserts unless a live session of that name exists, whose id it then returns. */
  insertIfMissing(session: NewSession & { name: string }): Promise<string>;
  find(id: string): Promise<Session | undefined>;
  /** Live sessions of that name, under any root; a root has at most one. */
  findByName(name: string): Promise<Session[]>;
  /** Sessions in the trash that had that name; at most `limit`. */
  findTrashedByName(name: string, limit: number): Promise<Session[]>;
  /** Sessions, trashed ones too, whose id begins so; at most `limit`. */
  findByPrefix(prefix: string, limit: number): Promise<Session[]>;
  /** The live session last active under this root. */
  findLast(root: string): Promise<Session | undefined>;
  /** Newest activity first. */
  list(filter: SessionFilter): Promise<SessionSummary[]>;
  count(filter: SessionFilter): Promise<number>;
  /** False when there is no such session (any more). What an author changes is on record. */
  change(id: string, change: SessionChange, author?: Author): Promise<boolean>;
  /** Oldest first. */
  changes(sessionId: string): Promise<RecordedChange[]>;
  /** Runs work while no turn of the session can begin; false, and nothing is run, when one is open. */
  whileIdle(id: string, work: () => void): Promise<boolean>;
  /** The agent's names for all conversations that it kept for a session and for no other one. */
  agentConversations(id: string): Promise<string[]>;
}
