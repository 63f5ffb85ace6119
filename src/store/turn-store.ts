import type {
  AgentContext,
  NewFile,
  Outcome,
  ToolCall,
  Turn,
  TurnLimits,
  UsageByModel,
} from '../model/model.ts';

/** What ends a turn; written in one transaction with the answer. */
export interface TurnEnd extends Omit<
  Turn,
  'id' | 'sessionId' | 'owner' | 'limits' | 'queuedAt' | 'startedAt' | 'endedAt' | 'status'
> {
  status: Outcome;
  endedAt: number;
  /**
   * The answer in pieces, in order; pieces never end inside a surrogate pair. May be long. Read from its beginning once
   * more where the transaction is tried again; the tool calls are read after it.
   */
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

/** In US dollars. */
export interface Spending {
  /** By turns that ended. */
  spentUsd: number;
  /** By turns that have not ended. */
  reservedUsd: number;
}

export interface ReservationRequest {
  /** From when turns count. */
  since: number;
  /** What they all may cost. */
  limitUsd: number;
  /** Whose turn it is. */
  owner: string;
  /** What this one may cost; null for all that is left. */
  wantedUsd: number | null;
}

/** What others have spent and reserved, and what the turn may spend: null when nothing is left, or too little as long as others run. */
export interface Reservation extends Spending {
  grantedUsd: number | null;
}

/** The turns of all sessions, from the queue to their end. */
export interface TurnStore {
  /**
   * Queues a turn with its user message. `holders` are the turns of the session that are not ended and came before;
   * where there are none the turn is started at once (its status is `running`).
   */
  enqueue(turn: {
    sessionId: string;
    message: string;
    files?: readonly NewFile[] | undefined;
    owner: string;
    limits: TurnLimits;
    at: number;
  }): Promise<{ turn: Turn; holders: Turn[] }>;
  find(id: number): Promise<Turn | undefined>;
  /** Turns of this session (of all, without one) that have not ended, oldest first. */
  open(sessionId?: string): Promise<Turn[]>;
  /** Turns of this session, newest first. */
  last(sessionId: string, limit: number): Promise<Turn[]>;
  /** Queued → running, if it is still queued, owned by `owner`, and nothing open stands before it. */
  start(id: number, owner: string, at: number): Promise<boolean>;
  /**
   * Takes an open turn over from `from`; undefined when another process was quicker. Returns the owner that the turn has
   * now, which its writes have to name: `to`, with the number of the lease in a store that several machines share.
   */
  adopt(id: number, from: string | null, to: string): Promise<string | undefined>;
  /** Takes an open turn from its owner, for whoever comes; false when it is not `from`'s any more. */
  disown(id: number, from: string | null): Promise<boolean>;
  /** Ends a turn, once: false (and nothing written) when it has ended already or is no longer `owner`'s. */
  finish(id: number, owner: string, end: TurnEnd): Promise<boolean>;
  /** Takes a turn whose agent has not been started, and its message, back as if never asked; false when it is not `owner`'s any more. */
  withdraw(id: number, owner: string): Promise<boolean>;
  spending(since: number): Promise<Spending>;
  /**
   * Reserves what a turn may cost; until it ends, others can't spend it. At once for one turn after the other, whoever
   * asks. Throws INTERRUPTED when the turn is not the owner's any more.
   */
  reserve(id: number, request: ReservationRequest): Promise<Reservation>;
  toolCalls(id: number): Promise<ToolCall[]>;
}
