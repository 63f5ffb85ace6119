import type {
  AgentContext,
  Message,
  ModeSwitch,
  Outcome,
  Role,
  Session,
  SessionSummary,
  ToolCall,
  Turn,
  TurnLimits,
  UsageByModel,
} from '../model/model.ts';
import type { RetentionStore } from './retention-store.ts';
import type { ImportStore } from './importing.ts';
import type { ForkStore } from './fork.ts';
import type { SearchStore } from './search.ts';
import type { StatsStore } from './stats.ts';
import type { TransferStore } from './transfer.ts';

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
  Omit<Session, 'id' | 'mode' | 'agent' | 'tags' | 'createdAt' | 'messageCount' | 'turnCount' | 'costUsd'>
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

export interface MessageFilter {
  sessionId: string;
  /** Only messages with a smaller id. */
  before?: number;
  /** Only messages with a greater id. */
  after?: number;
  role?: Role;
  since?: number;
  /** The newest so many, given oldest first. */
  limit?: number;
  /** The oldest so many, instead; for going through a history page by page. */
  first?: number;
}

export interface ListOptions {
  toolCalls?: boolean;
  whole?: boolean;
}

/** What ends a turn; written in one transaction with the answer. */
export interface TurnEnd extends Omit<
  Turn,
  'id' | 'sessionId' | 'owner' | 'limits' | 'queuedAt' | 'startedAt' | 'endedAt' | 'status'
> {
  status: Outcome;
  endedAt: number;
  /** The answer in pieces, in order; pieces never end inside a surrogate pair. May be long: it is read once. */
  answer: Iterable<string>;
  toolCalls: Iterable<Omit<ToolCall, 'turnId'>>;
  /** The agent's own session, when it confirmed one; `sinceTurn` is the first turn that one holds. */
  agentSession: {
    id: string;
    sinceTurn: number;
    /** Null where it is what it was. */
    context: AgentContext | null;
    /** Whether it no longer holds what it was told in updates. */
    isCompacted: boolean;
    spent: UsageByModel | null;
  } | null;
}

/**
 * The one place where sessions live. Every method is a transaction of its own, durable when it resolves;
 * none holds the store's lock longer than its own statements.
 */
export interface Store
  extends RetentionStore, SearchStore, StatsStore, ForkStore, TransferStore, ImportStore {
  insertSession(session: NewSession): Promise<void>;
  /** Inserts unless a live session of that name exists, whose id it then returns. */
  insertSessionIfMissing(session: NewSession & { name: string }): Promise<string>;
  findSession(id: string): Promise<Session | undefined>;
  /** Live sessions of that name, under any root; a root has at most one. */
  findSessionsByName(name: string): Promise<Session[]>;
  /** Sessions, trashed ones too, whose id begins so; at most `limit`. */
  findSessionsByPrefix(prefix: string, limit: number): Promise<Session[]>;
  /** The live session last active under this root. */
  findLastSession(root: string): Promise<Session | undefined>;
  /** Newest activity first. */
  listSessions(filter: SessionFilter): Promise<SessionSummary[]>;
  countSessions(filter: SessionFilter): Promise<number>;
  /** False when there is no such session (any more). */
  changeSession(id: string, change: SessionChange): Promise<boolean>;
  switchMode(change: ModeSwitch): Promise<void>;
  modeSwitches(sessionId: string): Promise<ModeSwitch[]>;

  /**
   * Queues a turn with its user message. `holders` are the turns of the session that are not ended and came before;
   * where there are none the turn is started at once (its status is `running`).
   */
  enqueueTurn(turn: {
    sessionId: string;
    message: string;
    owner: string;
    limits: TurnLimits;
    at: number;
  }): Promise<{ turn: Turn; holders: Turn[] }>;
  findTurn(id: number): Promise<Turn | undefined>;
  /** Turns of this session (of all, without one) that have not ended, oldest first. */
  openTurns(sessionId?: string): Promise<Turn[]>;
  /** Turns of this session, newest first. */
  lastTurns(sessionId: string, limit: number): Promise<Turn[]>;
  /** Queued → running, if it is still queued, owned by `owner`, and nothing open stands before it. */
  startTurn(id: number, owner: string, at: number): Promise<boolean>;
  /** Takes an open turn over from `from`, or from it for whoever comes (null); false when another process was quicker. */
  adoptTurn(id: number, from: string | null, to: string | null): Promise<boolean>;
  /** Ends a turn, once: false (and nothing written) when it has ended already or is no longer `owner`'s. */
  finishTurn(id: number, owner: string, end: TurnEnd): Promise<boolean>;
  /** Takes a queued turn and its message back, as if never asked; false when it is not queued any more. */
  withdrawTurn(id: number): Promise<boolean>;

  /** Oldest first. Of a long content only the beginning is given, unless it is to be `whole`. */
  listMessages(filter: MessageFilter, options?: ListOptions): Promise<Message[]>;
  /** A message's content in pieces, in order. */
  readContent(messageId: number): AsyncIterable<string>;
  toolCalls(turnId: number): Promise<ToolCall[]>;

  close(): Promise<void>;
}
